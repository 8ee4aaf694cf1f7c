import type { Trx } from "./database.ts";

/** Runs writes, each whole or not at all. */
export interface Writer {
  /**
   * Runs `body` in a transaction; resolves with what it returned once that is on disk. Only `trx` may be used inside,
   * and nothing else be done: a write may be run twice, when its first run was undone. Of writes that concern the same
   * execution, each sees what those before it have done.
   */
  write<T>(body: (trx: Trx) => Promise<T>, concerning?: { executionId: number }): Promise<T>;
  /**
   * The same, but resolves once a crash of this process would not undo it, while a power failure still might: for one that
   * another write follows before anything leaves the process. What is on disk is always all up to some commit.
   */
  stage<T>(body: (trx: Trx) => Promise<T>, concerning?: { executionId: number }): Promise<T>;
  /** Brings all that was staged to disk. */
  flush(): Promise<void>;
  /** Resolves once that has happened, which it has a moment later by itself. */
  flushed(): Promise<void>;
}
