import type { Trx } from "../db/database.ts";

/** Hands executions to the executor. */
export interface Dispatcher {
  /** Whether no other process works on the same executions: what this one does not work on, nobody does. */
  readonly isAlone: boolean;
  /** Whether some process, perhaps a dead one that is not taken over yet, has the execution in its hands. */
  isHeld(executionId: number): Promise<boolean>;
  /** Keeps in mind, from the commit of `trx` on and across crashes, that an execution is to be worked on. */
  remember(trx: Trx, executionId: number): Promise<void>;
  /** Lets `work` be called for an execution soon; nothing happens twice at once for the same one. */
  enqueue(executionId: number): void;
  /** Looks whether there is something to work on: another process says so. */
  look(): void;
  start(work: (executionId: number) => Promise<void>): void;
  /**
   * Starts nothing new; what is under way goes on. Resolves once that is done or handed back; once `ending` is aborted,
   * what is not is left as after a crash.
   */
  stop(ending: AbortSignal): Promise<void>;
}

/** The dispatcher of one machine: a queue in memory, filled again from the rows when the process starts. */
export class InProcessDispatcher implements Dispatcher {
  readonly isAlone = true;
  readonly #maxAtOnce: number;
  readonly #queue = new Set<number>();
  readonly #active = new Set<number>();
  #work: ((executionId: number) => Promise<void>) | null = null;

  constructor(options: { maxAtOnce: number }) {
    this.#maxAtOnce = options.maxAtOnce;
  }

  isHeld(executionId: number): Promise<boolean> {
    return Promise.resolve(this.#active.has(executionId));
  }

  /** The rows of the execution say it all. */
  remember(): Promise<void> {
    return Promise.resolve();
  }

  enqueue(executionId: number): void {
    this.#queue.add(executionId);
    this.#next();
  }

  look(): void {
    this.#next();
  }

  start(work: (executionId: number) => Promise<void>): void {
    this.#work = work;
    this.#next();
  }

  stop(): Promise<void> {
    this.#work = null;
    return Promise.resolve();
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
