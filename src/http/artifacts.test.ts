import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { nameOf } from "../artifacts/store.ts";
import { insertArtifact } from "../db/artifact-store.ts";

const CONTENT = new Uint8Array(300_000).map((_, index) => index % 251);

let rig: HttpRig;

/** Stores content under an id and gives its address. */
async function store(id: string, mediaType: string, bytes = CONTENT): Promise<string> {
  const stored = await rig.artifacts.put({ bytes });
  await rig.db.transaction().execute((trx) =>
    insertArtifact(trx, {
      id,
      ...stored,
      mediaType,
      width: null,
      height: null,
      durationSeconds: null,
      executionId: null,
      stepNumber: null,
      item: null,
      createdAt: "2026-11-22T10:00:00.000Z",
    }),
  );
  rig.artifacts.release(stored.hash);
  return `/api/combinations/artifacts/${id}`;
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

let video: string;

beforeAll(async () => {
  rig = await openHttpRig();
  video = await store("video", "video/mp4");
});

afterAll(() => rig.close());

describe("a file", () => {
  test("is sent whole, with what it is and how long it stays", async () => {
    const response = await rig.send("GET", video);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/mp4",
      "content-length": "300000",
      "content-disposition": "inline",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      "cache-control": expect.stringMatching(/private.*immutable/),
      "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'/),
    });
    expect((await bytesOf(response)).equals(CONTENT)).toBe(true);
  });

  test.each([
    ["bytes=0-99", 0, 99],
    ["bytes=299990-", 299_990, 299_999],
    ["bytes=-10", 299_990, 299_999],
    ["bytes=65000-140000", 65_000, 140_000],
  ])("is sent in part: %s", async (range, start, end) => {
    const response = await rig.send("GET", video, undefined, { Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${start}-${end}/300000`);
    expect(response.headers.get("Content-Length")).toBe(String(end - start + 1));
    expect((await bytesOf(response)).equals(CONTENT.slice(start, end + 1))).toBe(true);
  });

  test("has no part beyond its end", async () => {
    const response = await rig.send("GET", video, undefined, { Range: "bytes=300000-" });
    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */300000");
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(JSON.parse(await response.text())).toMatchObject({ code: "range_not_satisfiable" });
  });

  test("is sent whole where the part is of another version", async () => {
    const headers = { Range: "bytes=0-9", "If-Range": '"other"' };
    expect((await rig.send("GET", video, undefined, headers)).status).toBe(200);
  });

  test("is not sent again to who has it", async () => {
    const etag = (await rig.send("HEAD", video)).headers.get("ETag") ?? "";
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const response = await rig.send("GET", video, undefined, { "If-None-Match": known });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
    }
    expect((await rig.send("GET", video, undefined, { "If-None-Match": '"x"' })).status).toBe(200);
  });

  test("is described without being read", async () => {
    const response = await rig.send("HEAD", video);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Length")).toBe("300000");
    expect(await response.text()).toBe("");
  });

  test.each(["text/html", "image/svg+xml", "application/pdf", "text/plain; charset=utf-8"])(
    "of type %s is only ever saved",
    async (mediaType) => {
      const address = await store(`saved ${mediaType}`.replaceAll(/\W/g, "-"), mediaType);
      const response = await rig.send("GET", address);
      expect(response.headers.get("Content-Disposition")).toBe("attachment");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Content-Type")).toBe(mediaType);
    },
  );

  test("is saved under the asked name", async () => {
    const response = await rig.send("GET", `${video}?download=${encodeURIComponent("2-été.mp4")}`);
    expect(response.headers.get("Content-Disposition")).toBe(
      `attachment; filename="2-ete.mp4"; filename*=UTF-8''2-%C3%A9t%C3%A9.mp4`,
    );
  });

  test("of a PDF opens in place for a reader that asks, framed by the page alone", async () => {
    const address = await store("book", "application/pdf");
    const headers = Object.fromEntries((await rig.send("GET", `${address}?read=1`)).headers);
    expect(headers).toMatchObject({
      "content-type": "application/pdf",
      "content-disposition": "inline",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/frame-ancestors 'self'$/),
    });
    for (const mediaType of ["text/html", "image/svg+xml", "application/xhtml+xml"]) {
      const other = await store(`read ${mediaType}`.replaceAll(/\W/g, "-"), mediaType);
      const response = await rig.send("GET", `${other}?read=1`);
      expect(response.headers.get("Content-Disposition")).toBe("attachment");
      expect(response.headers.get("Content-Security-Policy")).toMatch(/^sandbox; default-src 'none'/);
    }
  });

  test("that a step made is called as in the archive", async () => {
    const steps = [
      {
        step_number: 1,
        name: "croquis",
        ai_provider: "dall-e",
        prompt: "{item}",
        for_each: { in: "{topic}" },
      },
    ];
    const id = await rig.execute({ steps, initial_input: "la mer\nle vent", mode: "rehearsal" });
    const { results } = await rig.waitFor(id, "completed");
    const second = await rig.send("GET", results[0]?.items?.[1]?.url ?? "");
    expect(second.headers.get("Content-Disposition")).toContain('inline; filename="01-croquis-02.png"');
  });

  test("is not compressed, so that its parts fit together", async () => {
    const address = await store("text", "text/plain");
    const response = await rig.send("GET", address, undefined, { "Accept-Encoding": "gzip" });
    expect(response.headers.get("Content-Encoding")).toBeNull();
    expect((await bytesOf(response)).length).toBe(300_000);
  });

  test("of no bytes is sent as that", async () => {
    const address = await store("empty", "text/plain", new Uint8Array(0));
    const response = await rig.send("GET", address);
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("whose content is lost is not found, rather than sent short", async () => {
    const address = await store("lost", "image/png", new Uint8Array([1, 2, 3]));
    const { hash } = await rig.db
      .selectFrom("artifacts")
      .select("hash")
      .where("id", "=", "lost")
      .executeTakeFirstOrThrow();
    await rm(path.join(rig.folder, "artifacts", nameOf(hash)));
    const response = await rig.send("GET", address);
    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("ETag")).toBeNull();
    expect(JSON.parse(await response.text())).toMatchObject({ code: "not_found" });
  });
});
