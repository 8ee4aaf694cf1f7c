import type { ContentHolds } from "./store.ts";

export interface MemoryHoldsOptions {
  /** Whether a row names content. */
  isNamed?: (hash: string) => Promise<boolean>;
  /**
   * Has a hold on disk before its content is, for whoever finds that content after a crash; gives what is called when the hold
   * is over.
   */
  writeDown?: (hash: string) => Promise<() => void>;
}

interface Hold {
  end: () => void;
}

/** For one process that has its store to itself. */
export class MemoryHolds implements ContentHolds {
  readonly #isNamed: (hash: string) => Promise<boolean>;
  readonly #writeDown: (hash: string) => Promise<() => void>;
  readonly #held = new Map<string, Hold[]>();
  readonly #removals = new Map<string, Promise<void>>();
  /** Removals that met a hold, by content: done when the last hold is over. */
  readonly #putOff = new Map<string, () => Promise<void>>();

  constructor({
    isNamed = () => Promise.resolve(false),
    writeDown = () => Promise.resolve(() => undefined),
  }: MemoryHoldsOptions = {}) {
    this.#isNamed = isNamed;
    this.#writeDown = writeDown;
  }

  async hold(hash: string): Promise<void> {
    const hold: Hold = { end: () => undefined };
    // At once, so that no removal begins from here on.
    this.#held.set(hash, [...(this.#held.get(hash) ?? []), hold]);
    await this.#removals.get(hash)?.catch(() => undefined);
    try {
      hold.end = await this.#writeDown(hash);
    } catch (error) {
      this.#drop(hash, hold);
      throw error;
    }
  }

  release(hash: string): void {
    const [hold] = this.#held.get(hash) ?? [];
    if (!hold) return;
    this.#drop(hash, hold);
    hold.end();
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

  #drop(hash: string, hold: Hold): void {
    const others = (this.#held.get(hash) ?? []).filter((one) => one !== hold);
    if (others.length > 0) {
      this.#held.set(hash, others);
      return;
    }
    this.#held.delete(hash);
    const remove = this.#putOff.get(hash);
    this.#putOff.delete(hash);
    // Where this fails the content stays, which only takes space.
    if (remove) void this.unlessNeeded(hash, remove).catch(() => undefined);
  }
}
