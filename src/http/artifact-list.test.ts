import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { insertArtifact } from "../db/artifact-store.ts";
import type { ArtifactList, ListedArtifactWire, Upload } from "./app.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const IMAGE = { step_number: 2, name: "dessin", ai_provider: "dall-e", prompt: "Image de {article}" };

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

async function page(filter: Record<string, string> = {}): Promise<ArtifactList> {
  const response = await rig.send("GET", `${API}/artifacts?${new URLSearchParams(filter)}`);
  expect(response.status).toBe(200);
  const answer: ArtifactList = JSON.parse(await response.text());
  return answer;
}

async function listed(filter: Record<string, string> = {}): Promise<ListedArtifactWire[]> {
  return (await page(filter)).artifacts;
}

async function draw(topic: string): Promise<number> {
  const id = await rig.execute({
    steps: [TEXT, IMAGE],
    title: "Dessins",
    initial_input: topic,
    mode: "rehearsal",
  });
  await rig.waitFor(id, "completed");
  return id;
}

/** Stores content of this type, as uploaded on a day of November. */
async function keep(id: string, mediaType: string, { day = 1, content = id } = {}): Promise<void> {
  const stored = await rig.artifacts.put({ bytes: Buffer.from(content) });
  const size = { width: null, height: null, durationSeconds: null };
  const origin = { executionId: null, stepNumber: null, item: null };
  const createdAt = `2025-11-${String(day).padStart(2, "0")}T10:00:00.000Z`;
  await rig.db
    .transaction()
    .execute((trx) => insertArtifact(trx, { id, ...stored, mediaType, ...size, ...origin, createdAt }));
  rig.artifacts.release(stored.hash);
}

async function upload(): Promise<string> {
  const form = new FormData();
  form.append("file", new File([new Uint8Array(pngOf(7, 9))], "x.png"));
  const response = await rig.app.request(`${API}/artifacts`, { method: "POST", body: form });
  const answer: Upload = JSON.parse(await response.text());
  return answer.artifacts[0]?.id ?? "";
}

describe("the library", () => {
  test("names each file with where it came from", async () => {
    const id = await draw("le chat");
    expect(await listed()).toEqual([
      {
        id: expect.any(String),
        url: expect.stringMatching(/^\/api\/combinations\/artifacts\//),
        file_name: "02-dessin.png",
        media_type: "image/png",
        kind: "image",
        bytes: expect.any(Number),
        width: 64,
        height: 32,
        created_at: expect.any(String),
        is_upload: false,
        execution_id: id,
        step_number: 2,
        step_name: "dessin",
        title: "Dessins",
        model: "local:image",
        performed_by: "local",
        mode: "rehearsal",
      },
    ]);
  });

  test("shows what was taken over once, with the execution that made it", async () => {
    const first = await draw("le chat");
    const again = await rig.send("POST", `${API}/executions/${first}/rerun`, { from_step: 1 });
    expect(again.status).toBe(202);
    await rig.waitFor(first + 1, "completed");
    expect(await listed()).toMatchObject([{ execution_id: first }]);
  });

  test("shows no file of an execution that was removed, and the next one that has the same", async () => {
    const first = await draw("le chat");
    const second = await draw("le chien");
    await rig.send("DELETE", `${API}/executions/${first}`);
    expect(await listed()).toMatchObject([{ execution_id: second }]);
    await rig.send("DELETE", `${API}/executions/${second}`);
    expect(await listed()).toEqual([]);
  });

  test("tells kinds apart, newest first", async () => {
    const types = {
      "image/png": "image",
      "audio/mpeg": "audio",
      "video/mp4": "video",
      "application/pdf": "document",
      "application/epub+zip": "document",
      "text/vtt; charset=utf-8": "text",
      "application/json": "text",
      "application/zip": "other",
    };
    for (const [index, type] of Object.keys(types).entries())
      await keep(`f${index}`, type, { day: index + 1 });
    expect((await listed()).map(({ kind }) => kind)).toEqual(Object.values(types).toReversed());
    expect((await listed({ kind: "document" })).map(({ id }) => id)).toEqual(["f4", "f3"]);
    expect((await listed({ from: "2025-11-02", to: "2025-11-03" })).map(({ id }) => id)).toEqual([
      "f2",
      "f1",
    ]);
  });

  test("is searched by what its executions are about, and narrowed to uploads and workflows", async () => {
    await draw("Le Château");
    const uploaded = await upload();
    expect(await listed({ q: "chateau" })).toMatchObject([{ step_number: 2 }]);
    expect(await listed({ q: "autre" })).toEqual([]);
    expect(await listed({ q: "%" })).toEqual([]);
    expect((await listed({ uploads: "1" })).map(({ id }) => id)).toEqual([uploaded]);
    expect(await listed({ uploads: "0" })).toMatchObject([{ step_number: 2 }]);
    expect(await listed({ workflow_id: "1" })).toEqual([]);
  });

  test("is read page by page, also where files have the same time", async () => {
    for (const id of ["a", "b", "c", "d", "e"]) await keep(id, "image/png", { day: 3 });
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { artifacts, next_cursor } = await page({ limit: "2", ...(cursor !== "" && { cursor }) });
      seen.push(...artifacts.map(({ id }) => id));
      cursor = next_cursor;
    }
    expect(seen).toEqual(["e", "d", "c", "b", "a"]);
  });

  test.each([
    { cursor: "nonsense" },
    { cursor: Buffer.from("executions:12").toString("base64url") },
    { kind: "program" },
    { limit: "101" },
    { workflow_id: "x" },
    { q: "a".repeat(10_000) },
  ])("refuses what breaks a rule (%j)", async (filter) => {
    const response = await rig.send("GET", `${API}/artifacts?${new URLSearchParams(filter)}`);
    expect(response.status).toBe(422);
  });
});

describe("DELETE /artifacts/{id}", () => {
  test("removes an upload with its content", async () => {
    const id = await upload();
    const [{ url } = { url: "" }] = await listed();
    expect((await rig.send("DELETE", url)).status).toBe(204);
    expect((await rig.send("GET", url)).status).toBe(404);
    expect((await rig.send("DELETE", `${API}/artifacts/${id}`)).status).toBe(404);
    expect((await rig.countRows())["artifacts"]).toBe(0);
  });

  test("refuses the file of an execution, which stays", async () => {
    await draw("le chat");
    const [{ url } = { url: "" }] = await listed();
    expect((await rig.send("DELETE", url)).status).toBe(409);
    expect((await rig.send("GET", url)).status).toBe(200);
  });
});
