import type { Readable } from "node:stream";

/** Where content lies once it is stored. */
export interface StoredContent {
  /** SHA-256 of the content, hex. */
  hash: string;
  bytes: number;
}

/** Keeps content by its hash. What `put` has returned survives a crash at any later instant. */
export interface ArtifactStore {
  /**
   * Stores content from memory, or takes a temporary file over (it is gone afterwards, unless storing failed). The
   * content is held against `remove` until it is released, so that nobody deletes what is about to be referred to.
   */
  put(content: { bytes: Uint8Array } | { path: string }): Promise<StoredContent>;
  /** Reads all of it. @throws when there is no such content. */
  read(hash: string): Promise<Uint8Array>;
  /** Reads from `start` to `end`, both inclusive, as a stream; null when there is no such content. */
  open(hash: string, range?: { start: number; end: number }): Promise<Readable | null>;
  /** Lets content that `put` has stored be removed again: its row is written, or never will be. */
  release(hash: string): void;
  /** Removes content, unless it is held; nothing happens when it is not there. */
  remove(hash: string): Promise<void>;
}
