import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { executeAnswerSchema, executionSchema } from "../../src/http/schemas.ts";
import { FAKE_RUNWAY_KEY } from "../support/fake-runway.ts";
import { fakeS3Settings, startFakeS3 } from "../support/fake-s3.ts";
import { startFilmVendor, type FilmVendor } from "../support/film-vendor.ts";
import { startRelais, type RelaisServer } from "../support/relais-process.ts";
import { residentMegabytes } from "./resident-memory.ts";

const GIGABYTE = 1_000_000_000;
/** Long enough for a process to give back what it only needed for a moment. */
const REST_MS = 2_000;
const PARTS_AT_ONCE = 8;
const PART_BYTES = 32_000_000;

/**
 * By how many megabytes the memory of a server grew, at most, while it stored and served a film of 1 GB; below 0 where it gave
 * back meanwhile what it had needed before.
 */
export interface LargeFilm {
  stored: number;
  served: number;
}

/** Measures a server whose files are on disk, and one whose files are in a bucket. */
export async function measureLargeFilm(): Promise<{ disk: LargeFilm; s3: LargeFilm }> {
  const vendor = await startFilmVendor(await makeFilm());
  const fake = await startFakeS3();
  try {
    const disk = await measure(vendor, {});
    return { disk, s3: await measure(vendor, fakeS3Settings(fake)) };
  } finally {
    await Promise.all([vendor.stop(), fake.stop()]);
  }
}

async function measure(vendor: FilmVendor, env: Record<string, string>): Promise<LargeFilm> {
  return await withServer(
    { ...env, RUNWAYML_BASE_URL: vendor.url, RUNWAYML_API_SECRET: FAKE_RUNWAY_KEY },
    async (server) => {
      // First a film of 20 MB, so that what is loaded on first use counts for nothing.
      vendor.setBytes(20_000_000);
      await serveAll(await makeAndFind(server, "live"));
      await pause(REST_MS);
      const before = await residentMegabytes(server.pid);
      vendor.setBytes(GIGABYTE);
      const making = await peakDuring(server, () => makeAndFind(server, "live"));
      const serving = await peakDuring(server, () => serveAll(making.answer));
      return { stored: making.megabytes - before, served: serving.megabytes - before };
    },
  );
}

async function withServer<T>(
  env: Record<string, string>,
  work: (server: RelaisServer) => Promise<T>,
): Promise<T> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "relais-bench-film-"));
  const server = await startRelais({ dataFolder, env });
  try {
    return await work(server);
  } finally {
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** A real film, of the local generator. */
async function makeFilm(): Promise<Buffer> {
  return await withServer({}, async (server) => {
    const response = await fetch(await makeAndFind(server, "rehearsal"));
    return Buffer.from(await response.arrayBuffer());
  });
}

/** Lets a film be made and gives the address that it is served at. */
async function makeAndFind({ url }: RelaisServer, mode: "live" | "rehearsal"): Promise<string> {
  const step = { step_number: 1, ai_provider: "runway:gen4.5", prompt: "The sea at rest." };
  const api = `${url}/api/combinations`;
  const response = await fetch(`${api}/execute`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ steps: [step], mode }),
  });
  const { execution_id } = executeAnswerSchema.parse(await response.json());
  for (;;) {
    const answer: unknown = await (await fetch(`${api}/executions/${execution_id}`)).json();
    const { status, results } = executionSchema.parse(answer);
    if (status === "completed") return `${url}${results[0]?.url}`;
    if (status !== "pending" && status !== "running") throw new Error(JSON.stringify(answer));
    await pause(100);
  }
}

/** As players and browsers do: one takes all of it, eight take parts of it, and one is slow and goes away. */
async function serveAll(address: string): Promise<void> {
  await Promise.all([takeWhole(address), takeSlowly(address)]);
  const size = Number((await fetch(address, { method: "HEAD" })).headers.get("content-length"));
  const parts = Array.from({ length: PARTS_AT_ONCE }, async (_, part) => {
    const start = Math.floor((part * size) / PARTS_AT_ONCE);
    const end = Math.min(size, start + PART_BYTES) - 1;
    const response = await fetch(address, { headers: { range: `bytes=${start}-${end}` } });
    if (response.status !== 206) throw new Error(`a part was answered with ${response.status}`);
    for await (const chunk of response.body ?? []) void chunk;
  });
  await Promise.all(parts);
}

/** @throws where it is not what its hash says. */
async function takeWhole(address: string): Promise<void> {
  const response = await fetch(address);
  const hash = createHash("sha256");
  for await (const chunk of response.body ?? []) hash.update(chunk);
  if (response.headers.get("etag") !== `"${hash.digest("hex")}"`) throw new Error("other bytes were served");
}

async function takeSlowly(address: string): Promise<void> {
  const response = await fetch(address);
  let chunks = 0;
  for await (const chunk of response.body ?? []) {
    void chunk;
    await pause(20);
    chunks += 1;
    if (chunks === 100) return;
  }
}

async function peakDuring<T>(
  { pid }: RelaisServer,
  work: () => Promise<T>,
): Promise<{ answer: T; megabytes: number }> {
  let megabytes = 0;
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      megabytes = Math.max(megabytes, await residentMegabytes(pid));
      await pause(20);
    }
  };
  const watching = watch();
  try {
    const answer = await work();
    return { answer, megabytes };
  } finally {
    over.abort();
    await watching;
  }
}
