import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionSchema, type Execution } from "../src/http/schemas.ts";
import { startRelais, type RelaisServer } from "./support/relais-process.ts";

/** A picture, and one of 67 million points made of it, which takes seconds. */
const STEPS = [
  { step_number: 1, ai_provider: "local:image", prompt: "The sea at rest." },
  {
    step_number: 2,
    ai_provider: "resize",
    prompt: "Large sea",
    parameters: { media: "{step1_output}", width: 8192, height: 8192, fit: "cover", format: "png" },
  },
];

let dataFolder: string;
let server: RelaisServer;

beforeEach(async () => {
  dataFolder = await mkdtemp(path.join(tmpdir(), "relais-work-folder-"));
  server = await startRelais({ dataFolder });
});

afterEach(async () => {
  await server.kill();
  await rm(dataFolder, { recursive: true, force: true });
});

async function call(place: string, body?: unknown): Promise<Response> {
  return await fetch(`${server.url}/api/combinations${place}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
}

async function read(): Promise<Execution> {
  return executionSchema.parse(await (await call("/executions/1")).json());
}

/** What lies in the folder of files under way, with what is in its folders. */
async function underWay(): Promise<string[]> {
  const folder = path.join(dataFolder, "artifacts", "incoming");
  return await readdir(folder, { recursive: true }).catch(() => []);
}

/** The processes that a process has started, theirs too, which make pictures. */
async function workersOf(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = list.split(" ").filter((text) => text.trim() !== "");
  const found = await Promise.all(
    children.map(async (child) => {
      const command = await readFile(`/proc/${child}/cmdline`, "utf8").catch(() => "");
      const isWorker = command.includes("fitted-picture-worker");
      const theirs = await workersOf(Number(child));
      return isWorker ? theirs.concat(Number(child)) : theirs;
    }),
  );
  return found.flat();
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts the run and waits until the large picture is being made. Answers with the processes that make it. */
async function startComposing(): Promise<number[]> {
  const started = await call("/execute", { steps: STEPS, initial_input: "The sea", mode: "rehearsal" });
  expect(started.status).toBe(202);
  await expect.poll(() => workersOf(server.pid)).toHaveLength(1);
  expect((await underWay()).join()).toMatch(/compose-[^/]+\/in-1\.png/);
  return await workersOf(server.pid);
}

describe.runIf(process.platform === "linux")("the folder of files under way", () => {
  test("is empty at the start after the server was killed, and its child ends by itself", async () => {
    const children = await startComposing();
    expect((await server.kill()).signal).toBe("SIGKILL");
    await expect.poll(() => children.filter(isThere)).toEqual([]);
    const left = (await underWay()).filter((name) => name.startsWith("compose-"));
    expect(left).not.toEqual([]);
    server = await startRelais({ dataFolder });
    // What the first server left is gone; what the second one makes is its own.
    const now = await underWay();
    expect(left.filter((name) => now.includes(name))).toEqual([]);
    await call("/executions/1/cancel", {});
    await expect.poll(async () => (await read()).status).toBe("cancelled");
    await expect.poll(underWay).toEqual([]);
  });

  test("holds nothing after the child was killed, and the step says so", async () => {
    for (const child of await startComposing()) process.kill(child, "SIGKILL");
    await expect.poll(async () => (await read()).status).toBe("failed");
    expect(JSON.stringify((await read()).steps_data)).toMatch(/endommagé|damaged/);
    expect(await underWay()).toEqual([]);
  });
});
