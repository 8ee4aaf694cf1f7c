import type { Trx } from "../db/database.ts";

/** Hands executions to the executor. */
export interface Dispatcher {
  /** Whether no other process works on the same executions: what this one does not work on, nobody does. */
  readonly isAlone: boolean;
  /** Whether some process, perhaps a dead one that is not taken over yet, has the execution in its hands. */
  isHeld(executionId: number): Promise<boolean>;
  /** Keeps in mind, from the commit of `trx` on and across crashes, that an execution is to be worked on. */
  remember(trx: Trx, executionId: number): Promise<void>;
  /** The same of several of one `fairGroup`, that are new. */
  rememberAll(trx: Trx, executionIds: readonly number[], fairGroup: string): Promise<void>;
  /**
   * Lets `work` be called for an execution soon; nothing happens twice at once for the same one. Those of one `fairGroup`
   * leave room for those of others.
   */
  enqueue(executionId: number, fairGroup?: string): void;
  /** Looks whether there is something to work on: another process says so. */
  look(): void;
  start(work: (executionId: number) => Promise<void>): void;
  /**
   * Starts nothing new; what is under way goes on. Resolves once that is done or handed back; once `ending` is aborted,
   * what is not is left as after a crash.
   */
  stop(ending: AbortSignal): Promise<void>;
}

/**
 * For so many executions that are worked on at once, one more may be, of a group of which none is: a batch whose calls take
 * long does not keep a single run waiting until one of them is done.
 */
const WORK_PER_GUEST = 4;

/** How many executions more than `maxAtOnce` may be worked on, for groups of which none is. */
export function guestsBeside(maxAtOnce: number): number {
  return Math.floor(maxAtOnce / WORK_PER_GUEST);
}

/** The dispatcher of one machine: a queue in memory, filled again from the rows when the process starts. */
export class InProcessDispatcher implements Dispatcher {
  readonly isAlone = true;
  readonly #maxAtOnce: number;
  /** By fair group; the group that was served last is the last. */
  readonly #queue = new Map<string, Set<number>>();
  /** What is worked on, with its group. */
  readonly #active = new Map<number, string>();
  /** How many of each group are worked on. */
  readonly #load = new Map<string, number>();
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

  rememberAll(): Promise<void> {
    return Promise.resolve();
  }

  enqueue(executionId: number, fairGroup = `execution:${executionId}`): void {
    const waiting = this.#queue.get(fairGroup) ?? new Set();
    this.#queue.set(fairGroup, waiting.add(executionId));
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
    for (let next = this.#choose(); next; next = this.#choose()) {
      const { id, group } = next;
      this.#take(id, group);
      void work(id).finally(() => {
        this.#active.delete(id);
        this.#addLoad(group, -1);
        this.#next();
      });
    }
  }

  /** The first of the group of which the fewest are worked on; null where there is nothing to start, or no room. */
  #choose(): { id: number; group: string } | null {
    const room = this.#maxAtOnce - this.#active.size;
    if (room <= -guestsBeside(this.#maxAtOnce)) return null;
    let best: { id: number; group: string; load: number } | null = null;
    for (const [group, waiting] of this.#queue) {
      const load = this.#load.get(group) ?? 0;
      if ((room <= 0 && load > 0) || (best && load >= best.load)) continue;
      // One that is active comes again when it is done: it may have rested just before it was woken.
      const id = this.#firstRested(waiting);
      if (id === undefined) continue;
      best = { id, group, load };
      if (load === 0) break;
    }
    return best;
  }

  #firstRested(waiting: Set<number>): number | undefined {
    for (const id of waiting) if (!this.#active.has(id)) return id;
    return undefined;
  }

  #take(id: number, group: string): void {
    const waiting = this.#queue.get(group);
    waiting?.delete(id);
    this.#queue.delete(group);
    if (waiting && waiting.size > 0) this.#queue.set(group, waiting);
    this.#active.set(id, group);
    this.#addLoad(group, 1);
  }

  #addLoad(group: string, more: number): void {
    const load = (this.#load.get(group) ?? 0) + more;
    if (load === 0) this.#load.delete(group);
    else this.#load.set(group, load);
  }
}
