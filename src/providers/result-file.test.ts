import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listenOnLoopback } from "../../test/support/listen.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { downloadResults, removeFiles } from "./result-file.ts";

const MEGABYTE = 1024 * 1024;

let server: Server;
let baseUrl: string;
let asked: string[];
let saveFolder: string;
let outbound: Outbound;

/** Answers `/5` with five megabytes, and `/gone` with 404. */
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const place = (request.url ?? "").slice(1);
    asked.push(place);
    if (place === "gone") response.writeHead(404).end();
    else
      response.writeHead(200, { "content-type": "video/mp4" }).end(new Uint8Array(Number(place) * MEGABYTE));
  });
  baseUrl = await listenOnLoopback(server);
  saveFolder = await mkdtemp(path.join(tmpdir(), "relais-results-"));
  outbound = createOutbound({ trustedOrigins: [baseUrl], saveFolder });
});

afterEach(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
  await rm(saveFolder, { recursive: true, force: true });
});

const download = (
  places: string[],
  limits?: { files: number; bytesEach: number; bytesInAll: number },
): ReturnType<typeof downloadResults> =>
  downloadResults(
    { outbound, baseUrl, signal: new AbortController().signal },
    places.map((place) => ({ url: `${baseUrl}/${place}` })),
    limits,
  );

describe("the results of a job", () => {
  test("stay on disk where they are large, and in memory where they are small", async () => {
    const files = await download(["5", "1"]);
    const [large, small] = files.map(({ content }) => content);
    if (!large || !("path" in large)) throw new Error("a large file in memory");
    expect((await stat(large.path)).size).toBe(5 * MEGABYTE);
    expect(small && "bytes" in small && small.bytes.byteLength).toBe(MEGABYTE);
    expect(await readdir(saveFolder)).toEqual([path.basename(large.path)]);
    await removeFiles(files);
    expect(await readdir(saveFolder)).toEqual([]);
  });

  test("are thrown away where one cannot be had for now", async () => {
    await expect(download(["5", "gone"])).rejects.toMatchObject({ name: "OutboundRefusal", status: 404 });
    expect(asked).toEqual(["5", "gone"]);
    expect(await readdir(saveFolder)).toEqual([]);
  });

  test.each([
    { what: "one is", limits: { files: 8, bytesEach: 4 * MEGABYTE, bytesInAll: 99 * MEGABYTE } },
    { what: "together they are", limits: { files: 8, bytesEach: 99 * MEGABYTE, bytesInAll: 9 * MEGABYTE } },
  ])("fail as billed where $what too large", async ({ limits }) => {
    const failure = download(["5", "5"], limits);
    await expect(failure).rejects.toMatchObject({ name: "ProviderFailure", billed: "yes" });
    await expect(failure).rejects.toThrow("larger than what Relais keeps");
    expect(await readdir(saveFolder)).toEqual([]);
  });

  test("are the first eight", async () => {
    expect(await download(Array.from({ length: 20 }, () => "0"))).toHaveLength(8);
    expect(asked).toHaveLength(8);
  });
});
