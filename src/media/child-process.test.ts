import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { ChildFailure, runInChild } from "./child-process.ts";

const WORKER = new URL("./child-process.testworker.ts", import.meta.url);

function run(
  request: { act: string; until?: string },
  options: { signal?: AbortSignal; onProgress?: () => void } = {},
): Promise<string[]> {
  const { signal = new AbortController().signal, onProgress = () => {} } = options;
  return runInChild({ worker: WORKER, request, result: z.array(z.string()), signal, onProgress });
}

function childCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;
}

describe("runInChild", () => {
  let folder: string;
  let childrenBefore: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "relais-test-"));
    childrenBefore = childCount();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
    if (childCount() !== childrenBefore) throw new Error("a child process is left behind");
  });

  test("answers with what a worker in another process answers, after its progress", async () => {
    const onProgress = vi.fn<() => void>();
    const [pid] = await run({ act: "answer" }, { onProgress });
    expect(Number(pid)).not.toBe(process.pid);
    expect(onProgress).toHaveBeenCalledWith(0.5);
  });

  test("rejects with the message of a worker that throws", async () => {
    await expect(run({ act: "throw" })).rejects.toThrow(
      new ChildFailure("child-process.testworker.ts: the picture is too large"),
    );
  });

  test("says how a worker died", async () => {
    await expect(run({ act: "die" })).rejects.toThrow(/testworker\.ts stopped \(SIGKILL\)/);
    await expect(run({ act: "say" })).rejects.toThrow(/stopped \(exit code 3\) out of memory/);
  });

  test("rejects a request and an answer of the wrong shape", async () => {
    await expect(run({ act: "sing" })).rejects.toThrow(ChildFailure);
    const signal = new AbortController().signal;
    const asked = runInChild({ worker: WORKER, request: { act: "answer" }, result: z.number(), signal });
    await expect(asked).rejects.toThrow(/answered something else/);
  });

  test("hands no key to a worker", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-secret");
    const names = await run({ act: "environment" });
    expect(names).toContain("PATH");
    expect(names).not.toContain("OPENAI_API_KEY");
  });

  test("kills the child at once when it is aborted", async () => {
    const controller = new AbortController();
    let abortedAt = 0;
    const onProgress = (): void => {
      abortedAt = performance.now();
      controller.abort(new Error("the person cancelled"));
    };
    const asked = run(
      { act: "hold", until: join(folder, "never") },
      { signal: controller.signal, onProgress },
    );
    await expect(asked).rejects.toThrow("the person cancelled");
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
  });

  test("kills a child that takes more time than it may, though it does not listen", async () => {
    const worker = WORKER;
    const signal = new AbortController().signal;
    const limits = { seconds: 0.5, memoryMib: 256 };
    const asked = runInChild({ worker, request: { act: "sleep" }, result: z.unknown(), signal, limits });
    await expect(asked).rejects.toMatchObject({ name: "ChildOverLimit", limit: "time" });
  });

  test.runIf(process.platform === "linux")("kills a child that takes more memory than it may", async () => {
    const worker = WORKER;
    const signal = new AbortController().signal;
    const limits = { seconds: 30, memoryMib: 160 };
    const asked = runInChild({ worker, request: { act: "grow" }, result: z.unknown(), signal, limits });
    await expect(asked).rejects.toMatchObject({ name: "ChildOverLimit", limit: "memory" });
  });

  test("starts nothing for a signal that is aborted already", async () => {
    const onProgress = vi.fn<() => void>();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(run({ act: "answer" }, { signal, onProgress })).rejects.toThrow("too late");
    expect(onProgress).not.toHaveBeenCalled();
  });

  test("works on two jobs at once and no more, and an aborted one leaves the queue", async () => {
    const until = join(folder, "go");
    let working = 0;
    let most = 0;
    const twoWork = Promise.withResolvers<void>();
    const hold = async (): Promise<void> => {
      const onProgress = (): void => {
        working += 1;
        most = Math.max(most, working);
        if (working === 2) twoWork.resolve();
      };
      await run({ act: "hold", until }, { onProgress });
      working -= 1;
    };
    const jobs = [hold(), hold(), hold(), hold()];
    const controller = new AbortController();
    const queued = run({ act: "answer" }, { signal: controller.signal });
    await twoWork.promise;
    controller.abort(new Error("not needed"));
    await expect(queued).rejects.toThrow("not needed");
    await writeFile(until, "");
    await Promise.all(jobs);
    expect(most).toBe(2);
  });
});
