/** Hands executions to the executor. */
export interface Dispatcher {
  /** Lets `work` be called for an execution soon; nothing happens twice at once for the same one. */
  enqueue(executionId: number): void;
  start(work: (executionId: number) => Promise<void>): void;
  /** Starts nothing new; what is under way goes on. */
  stop(): void;
}

/** The dispatcher of one machine: a queue in memory, filled again from the rows when the process starts. */
export class InProcessDispatcher implements Dispatcher {
  readonly #maxAtOnce: number;
  readonly #queue = new Set<number>();
  readonly #active = new Set<number>();
  #work: ((executionId: number) => Promise<void>) | null = null;

  constructor(options: { maxAtOnce: number }) {
    this.#maxAtOnce = options.maxAtOnce;
  }

  enqueue(executionId: number): void {
    this.#queue.add(executionId);
    this.#next();
  }

  start(work: (executionId: number) => Promise<void>): void {
    this.#work = work;
    this.#next();
  }

  stop(): void {
    this.#work = null;
  }

  #next(): void {
    const work = this.#work;
    if (!work) return;
    for (const id of this.#queue) {
      if (this.#active.size >= this.#maxAtOnce) return;
      // One that is active comes again when it is done: it may have rested just before it was woken.
      if (this.#active.has(id)) continue;
      this.#queue.delete(id);
      this.#active.add(id);
      void work(id).finally(() => {
        this.#active.delete(id);
        this.#next();
      });
    }
  }
}
