import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { promisify } from "node:util";
import type { DatabaseSync } from "node:sqlite";
import { DiskPatience } from "./disk-patience.ts";

const bringToDisk = promisify(fdatasync);

/** How long a commit that nobody waits for may stay in the memory of the system: one that follows takes it along. */
const SOON_MS = 2;

/**
 * Brings to disk what SQLite has committed to its write-ahead log: at once where the disk is quick, off the main thread where
 * it is not. A flush takes along all commits that came before it, so those of a busy moment share one.
 */
export class LogFlush {
  readonly #sqlite: DatabaseSync;
  readonly #file: string;
  readonly #patience: Pick<DiskPatience, "mayWait" | "hasWaited">;
  #descriptor: number | null = null;
  /** How many commits there were, and how many of them are on disk. */
  #committed = 0;
  #flushed = 0;
  /** Those who wait for the next flush, which has not begun. */
  #next: PromiseWithResolvers<void> | null = null;
  #isUrgent = false;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | null = null;
  #isClosed = false;

  /** `file` is the database; its log stands beside it. */
  constructor(
    sqlite: DatabaseSync,
    file: string,
    patience: Pick<DiskPatience, "mayWait" | "hasWaited"> = new DiskPatience(),
  ) {
    this.#sqlite = sqlite;
    this.#file = `${file}-wal`;
    this.#patience = patience;
  }

  /** Whether SQLite leaves the flush of its commits to this; not to be changed inside a transaction. */
  takeOver(isTaken: boolean): void {
    this.#sqlite.exec(isTaken ? "pragma synchronous = normal" : "pragma synchronous = full");
  }

  /** To be called after each commit whose flush is left to this. */
  hasCommitted(): void {
    this.#committed += 1;
  }

  /** Resolves once all that has been committed by now is on disk. */
  async now(): Promise<void> {
    if (this.#isClosed) throw new Error("the log is closed");
    if (this.#flushed === this.#committed) return;
    if (this.#underWay === null && this.#patience.mayWait(performance.now())) {
      this.#flushInPlace();
      return;
    }
    this.#next ??= Promise.withResolvers();
    const { promise } = this.#next;
    this.#hurry();
    await promise;
  }

  /** The same without hurry: with the next flush that somebody needs, or by itself a few milliseconds from now. */
  async soon(): Promise<void> {
    if (this.#isClosed) throw new Error("the log is closed");
    if (this.#flushed === this.#committed) return;
    this.#next ??= Promise.withResolvers();
    this.#timer ??= setTimeout(() => this.#hurry(), SOON_MS);
    await this.#next.promise;
  }

  /** Brings to disk what somebody waits for, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hurry();
    // One that has ended may have begun the next.
    while (this.#underWay !== null) await this.#underWay;
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Lets those who wait for the next flush have it as soon as can be. */
  #hurry(): void {
    if (this.#next === null) return;
    this.#isUrgent = true;
    // The one under way may have begun before the last commit.
    if (this.#underWay === null) this.#begin();
  }

  #begin(): void {
    const asked = this.#takeNext();
    if (asked) this.#underWay = this.#flush(asked).then(() => this.#hasEnded());
  }

  /** Those whom the flush that begins now is for. */
  #takeNext(): PromiseWithResolvers<void> | null {
    const asked = this.#next;
    this.#next = null;
    this.#isUrgent = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return asked;
  }

  async #flush(asked: PromiseWithResolvers<void>): Promise<void> {
    const committed = this.#committed;
    try {
      await bringToDisk(this.#open());
      this.#flushed = committed;
      asked.resolve();
    } catch (error) {
      asked.reject(error);
    }
  }

  #hasEnded(): void {
    this.#underWay = null;
    if (this.#isUrgent) this.#begin();
  }

  /** @throws where it fails, for everybody who waits. */
  #flushInPlace(): void {
    const asked = this.#takeNext();
    const startMs = performance.now();
    try {
      fdatasyncSync(this.#open());
      this.#flushed = this.#committed;
      asked?.resolve();
    } catch (error) {
      asked?.reject(error);
      throw error;
    }
    this.#patience.hasWaited({ startMs, endMs: performance.now() });
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#file, "r+");
    return this.#descriptor;
  }
}
