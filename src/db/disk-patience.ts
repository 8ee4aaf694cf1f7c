/** A disk that is done by then is waited for: to have another thread do it, and to hear of it, takes about as long. */
const QUICK_MS = 1;

/** A disk that was slower is not waited for again for so many times as long as it took. */
const SLOW_REST = 100;

/** Whether the main thread may wait for the disk itself, going by how long it took before: of a slow one, at most a hundredth of the time. */
export class DiskPatience {
  #from = -Infinity;

  mayWait(nowMs: number): boolean {
    return nowMs >= this.#from;
  }

  /** To be told of each time that the main thread has waited. */
  hasWaited({ startMs, endMs }: { startMs: number; endMs: number }): void {
    const tookMs = endMs - startMs;
    if (tookMs > QUICK_MS) this.#from = endMs + SLOW_REST * tookMs;
  }
}
