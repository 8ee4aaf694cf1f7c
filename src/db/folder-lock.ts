import path from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/** Ownership of a data folder. */
export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the owner of a data folder; null where another one is. The lock is an open transaction on a small
 * database there, so it ends with the process, however that ends, and nothing has to be cleaned up after a crash.
 */
export function lockFolder(folder: string): FolderLock | null {
  const database = new DatabaseSync(path.join(folder, "lock.db"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => database.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
