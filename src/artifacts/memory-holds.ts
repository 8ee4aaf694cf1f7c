import type { ContentHolds } from "./store.ts";

/** For one process that has its store to itself: what it holds is forgotten with it, and so is who would name it. */
export class MemoryHolds implements ContentHolds {
  readonly #isNamed: (hash: string) => Promise<boolean>;
  /** How often each content is held. */
  readonly #held = new Map<string, number>();
  readonly #removals = new Map<string, Promise<void>>();
  /** Removals that met a hold, by content: done when it is released. */
  readonly #putOff = new Map<string, () => Promise<void>>();

  /** @param isNamed whether a row names content. */
  constructor(isNamed: (hash: string) => Promise<boolean> = () => Promise.resolve(false)) {
    this.#isNamed = isNamed;
  }

  async hold(hash: string): Promise<void> {
    this.#held.set(hash, (this.#held.get(hash) ?? 0) + 1);
    await this.#removals.get(hash)?.catch(() => undefined);
  }

  release(hash: string): void {
    const left = (this.#held.get(hash) ?? 0) - 1;
    if (left > 0) {
      this.#held.set(hash, left);
      return;
    }
    this.#held.delete(hash);
    const remove = this.#putOff.get(hash);
    this.#putOff.delete(hash);
    // Where this fails the content stays, which only takes space.
    if (remove) void this.unlessNeeded(hash, remove).catch(() => undefined);
  }

  async unlessNeeded(hash: string, remove: () => Promise<void>): Promise<void> {
    if (this.#held.has(hash)) {
      this.#putOff.set(hash, remove);
      return;
    }
    const before = this.#removals.get(hash);
    const removal = (async () => {
      await before?.catch(() => undefined);
      if (!(await this.#isNamed(hash))) await remove();
    })();
    this.#removals.set(hash, removal);
    try {
      await removal;
    } finally {
      if (this.#removals.get(hash) === removal) this.#removals.delete(hash);
    }
  }
}
