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
  /** Reads all of it. @throws MissingContent when there is no such content, StoreUnavailable. */
  read(hash: string): Promise<Uint8Array>;
  /**
   * Reads from `start` to `end`, both inclusive, as a stream; null when there is no such content.
   * @throws StoreUnavailable
   */
  open(hash: string, range?: { start: number; end: number }): Promise<Readable | null>;
  /** Lets content that `put` has stored be removed again: its row is written, or never will be. */
  release(hash: string): void;
  /**
   * Removes content, unless a row names it; nothing happens when it is not there. Where it is held, that may wait until it is
   * released.
   */
  remove(hash: string): Promise<void>;
  /** @throws when content can be neither stored nor read at present. */
  check(): Promise<void>;
}

/**
 * Keeps content that a row is about to name from being removed as content that no row names. Shared by all processes that
 * share a store.
 */
export interface ContentHolds {
  /** Nobody removes this content from now on until it is released; waits for a removal that is under way. */
  hold(hash: string): Promise<void>;
  release(hash: string): void;
  /**
   * Runs `remove`, unless the content is held or a row names it; nobody begins to hold it meanwhile. Where this process holds
   * it, it is asked again when it is released.
   */
  unlessNeeded(hash: string, remove: () => Promise<void>): Promise<void>;
}

/** There is no such content: it was removed, or its store is another one. */
export class MissingContent extends Error {
  override readonly name = "MissingContent";
  constructor(hash: string, options?: ErrorOptions) {
    super(`no content ${hash} is stored`, options);
  }
}

/** The store could not be asked, or refuses: the same may go well later. Nothing in it is secret. */
export class StoreUnavailable extends Error {
  override readonly name: string = "StoreUnavailable";
}

const HASH = /^[0-9a-f]{64}$/;

/** The name of content under its store, `ab/cdef…`, the same in every kind of store. @throws TypeError */
export function nameOf(hash: string): string {
  // Hashes come from our own rows; anything else would be a mistake of ours.
  if (!HASH.test(hash)) throw new TypeError("not a content hash");
  return `${hash.slice(0, 2)}/${hash.slice(2)}`;
}
