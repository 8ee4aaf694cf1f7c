import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { lockFolder } from "../db/folder-lock.ts";

/** Where files lie that are under way: downloaded, composed, not stored yet. Nothing in it outlives its process for long. */
export interface WorkFolder {
  folder: string;
  remove: () => Promise<void>;
}

/** After so long nobody works any more in the folder of a process of another machine, of which nobody knows whether it lives. */
const LEFT_BEHIND_MS = 7 * 24 * 60 * 60 * 1_000;
/** Within which a process that has made its folder has locked it. */
const NEW_MS = 60_000;
const NAME = "incoming";

/** The folder of a process that owns its parent alone. What is in it was left by one that was killed, and goes. */
export function ownWorkFolder(parent: string): WorkFolder {
  const folder = path.join(parent, NAME);
  rmSync(folder, { recursive: true, force: true });
  return { folder, remove: () => Promise.resolve() };
}

/**
 * A folder of this process alone under a parent that processes share, from several machines too. Its lock ends with the
 * process, however that ends; folders on this machine that nobody locks any more are removed.
 */
export function sharedWorkFolder(parent: string): WorkFolder {
  const machine = machineId();
  for (const name of readdirSync(parent)) {
    if (name.startsWith(NAME))
      removeIfAbandoned(path.join(parent, name), name.startsWith(`${NAME}-${machine}-`));
  }
  const folder = path.join(parent, `${NAME}-${machine}-${randomUUID()}`);
  mkdirSync(folder, { mode: 0o700 });
  const lock = lockFolder(folder);
  return {
    folder,
    remove: () => {
      lock?.release();
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** @param isOfThisMachine the locks of other machines may not be seen here, whatever the file system promises. */
function removeIfAbandoned(folder: string, isOfThisMachine: boolean): void {
  const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age < NEW_MS) return;
  if (!isOfThisMachine) {
    if (age > LEFT_BEHIND_MS) rmSync(folder, { recursive: true, force: true });
    return;
  }
  const lock = lockFolder(folder);
  if (!lock) return;
  lock.release();
  rmSync(folder, { recursive: true, force: true });
}

/** Of one system between two starts, containers apart: locks are seen by all its processes. */
function machineId(): string {
  let boot = "";
  try {
    boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
  } catch {
    // There is none beyond Linux; the name has to do.
  }
  return createHash("sha256").update(`${hostname()}\n${boot}`).digest("hex").slice(0, 12);
}
