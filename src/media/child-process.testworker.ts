import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";

const requestSchema = z.object({
  act: z.enum(["answer", "throw", "die", "say", "environment", "hold", "grow", "sleep"]),
  /** For `hold`: it ends once this file is there. */
  until: z.string().default(""),
});

/** A worker that does what a test asks. */
serveWorker(requestSchema, async ({ act, until }, onProgress) => {
  onProgress(0.5);
  if (act === "throw") throw new Error("the picture is too large");
  if (act === "die") process.kill(process.pid, "SIGKILL");
  if (act === "say") {
    process.stderr.write("out of memory\n");
    process.exit(3);
  }
  if (act === "grow") await grow();
  if (act === "sleep") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (act === "hold") await appearance(until);
  return act === "environment" ? Object.keys(process.env) : [String(process.pid)];
});

async function appearance(path: string): Promise<void> {
  while (!existsSync(path)) await wait(5);
}

/** Takes memory that is none of JavaScript's own, as a decoder does. */
async function grow(): Promise<void> {
  const held: Buffer[] = [];
  for (;;) {
    held.push(Buffer.alloc(8 * 1024 * 1024, held.length + 1));
    await wait(1);
  }
}
