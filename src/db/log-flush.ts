import { open, type FileHandle } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";

/** How long a commit that nobody waits for may stay in the memory of the system: one that follows takes it along. */
const SOON_MS = 5;

/**
 * Brings to disk what SQLite has committed to its write-ahead log, off the main thread. A flush takes along all commits
 * that came before it, so those of a busy moment share one.
 */
export class LogFlush {
  readonly #sqlite: DatabaseSync;
  readonly #file: string;
  #handle: FileHandle | null = null;
  /** Those who wait for the next flush, which has not begun. */
  #next: PromiseWithResolvers<void> | null = null;
  #isUrgent = false;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | null = null;
  #isClosed = false;

  /** `file` is the database; its log stands beside it. */
  constructor(sqlite: DatabaseSync, file: string) {
    this.#sqlite = sqlite;
    this.#file = `${file}-wal`;
  }

  /** Whether SQLite leaves the flush of its commits to this; not to be changed inside a transaction. */
  takeOver(isTaken: boolean): void {
    this.#sqlite.exec(isTaken ? "pragma synchronous = normal" : "pragma synchronous = full");
  }

  /** Resolves once all that has been committed by now is on disk. */
  now(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("the log is closed"));
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    this.#hurry();
    return promise;
  }

  /** The same without hurry: with the next flush that somebody needs, or by itself a few milliseconds from now. */
  soon(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("the log is closed"));
    this.#next ??= Promise.withResolvers();
    this.#timer ??= setTimeout(() => this.#hurry(), SOON_MS);
    return this.#next.promise;
  }

  /** Brings to disk what somebody waits for, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hurry();
    // One that has ended may have begun the next.
    while (this.#underWay !== null) await this.#underWay;
    await this.#handle?.close();
    this.#handle = null;
  }

  /** Lets those who wait for the next flush have it as soon as can be. */
  #hurry(): void {
    if (this.#next === null) return;
    this.#isUrgent = true;
    // The one under way may have begun before the last commit.
    if (this.#underWay === null) this.#begin();
  }

  #begin(): void {
    const asked = this.#next;
    if (asked === null) return;
    this.#next = null;
    this.#isUrgent = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#underWay = this.#flush(asked);
  }

  async #flush(asked: PromiseWithResolvers<void>): Promise<void> {
    try {
      this.#handle ??= await open(this.#file, "r+");
      await this.#handle.datasync();
      asked.resolve();
    } catch (error) {
      asked.reject(error);
    }
    this.#underWay = null;
    if (this.#isUrgent) this.#begin();
  }
}
