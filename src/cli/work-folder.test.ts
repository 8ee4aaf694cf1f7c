import { existsSync } from "node:fs";
import { fork } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ownWorkFolder, sharedWorkFolder } from "./work-folder.ts";

const HOLDER = new URL("./work-folder.testworker.ts", import.meta.url);
const LONG_AGO = new Date(Date.now() - 8 * 24 * 60 * 60 * 1_000);
const AN_HOUR_AGO = new Date(Date.now() - 60 * 60 * 1_000);

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "relais-work-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Another process that has a folder there; it says which. */
async function startHolder() {
  const child = fork(HOLDER, [parent], { execArgv: ["--no-warnings"] });
  const [folder]: unknown[] = await once(child, "message");
  return { child, folder: String(folder) };
}

describe("ownWorkFolder", () => {
  test("is emptied of what a killed process left", async () => {
    await mkdir(path.join(parent, "incoming", "compose-1"), { recursive: true });
    await writeFile(path.join(parent, "incoming", "compose-1", "half.mp4"), "half");
    const { folder } = ownWorkFolder(parent);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("sharedWorkFolder", () => {
  test("goes when its process was killed, and stays while it lives", async () => {
    const [dead, alive] = await Promise.all([startHolder(), startHolder()]);
    try {
      for (const { folder } of [dead, alive]) {
        await writeFile(path.join(folder, "half.mp4"), "half");
        await utimes(folder, AN_HOUR_AGO, AN_HOUR_AGO);
      }
      dead.child.kill("SIGKILL");
      await once(dead.child, "exit");
      const own = sharedWorkFolder(parent);
      expect((await readdir(parent)).toSorted()).toEqual(
        [alive.folder, own.folder].map((folder) => path.basename(folder)).toSorted(),
      );
      expect(await readdir(alive.folder)).toContain("half.mp4");
      await own.remove();
      expect(existsSync(own.folder)).toBe(false);
    } finally {
      alive.child.kill("SIGKILL");
    }
  });

  test("of another machine stays for a week, locked or not", async () => {
    const [old, recent] = ["incoming-elsewhere-1", "incoming-elsewhere-2"].map((name) =>
      path.join(parent, name),
    );
    if (!old || !recent) throw new Error("two names");
    await mkdir(old);
    await mkdir(recent);
    await utimes(old, LONG_AGO, LONG_AGO);
    await utimes(recent, AN_HOUR_AGO, AN_HOUR_AGO);
    const own = sharedWorkFolder(parent);
    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
    await own.remove();
  });
});
