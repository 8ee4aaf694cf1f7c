import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-lock-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("folder lock", () => {
  test("has one owner at a time", () => {
    const lock = lockFolder(folder);
    expect(lock).not.toBeNull();
    expect(lockFolder(folder)).toBeNull();
    lock?.release();
    const next = lockFolder(folder);
    expect(next).not.toBeNull();
    next?.release();
  });

  test("ends with a process that is killed", async () => {
    const module = new URL("./folder-lock.ts", import.meta.url).href;
    const program = `const { lockFolder } = await import(${JSON.stringify(module)});
      console.log(lockFolder(process.argv[1]) === null ? "taken" : "mine");
      setInterval(() => {}, 1_000);`;
    const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", program, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [answer] = await once(child.stdout, "data");
    expect(String(answer).trim()).toBe("mine");
    expect(lockFolder(folder)).toBeNull();
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = lockFolder(folder);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  test("says what is wrong where the folder is not there", () => {
    expect(() => lockFolder(path.join(folder, "missing"))).toThrow(/unable to open/);
  });
});
