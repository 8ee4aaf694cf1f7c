import type { Trx } from "../db/database.ts";
import type { TakenWork, WorkQueue } from "../db/work-queue.ts";
import { guestsBeside, type Dispatcher } from "./dispatcher.ts";

/** How often the queue is looked at unasked: for what a dead process left, and where an announcement was lost. */
const LOOK_MS = 1_000;
const ADD_FORGOTTEN_MS = 10_000;
/** So many times is an entry said to be held before it would go to another process. */
const HOLDS_PER_TERM = 4;

export interface QueueDispatcherOptions {
  queue: WorkQueue;
  /** 0: this process works on nothing, others do. */
  maxAtOnce: number;
  /** Tells the other processes that there is something in the queue. */
  announce: () => void;
  onError: (error: unknown) => void;
}

/** The dispatcher of many processes on one database: each takes from the same queue as much as it can work on. */
export class QueueDispatcher implements Dispatcher {
  readonly isAlone = false;
  readonly #options: QueueDispatcherOptions;
  readonly #held = new Map<string, TakenWork>();
  /** What this process works on, by execution. */
  readonly #active = new Map<number, Promise<void>>();
  #work: ((executionId: number) => Promise<void>) | null = null;
  #timers: NodeJS.Timeout[] = [];
  #taking: Promise<void> | null = null;
  #isAskedAgain = false;

  constructor(options: QueueDispatcherOptions) {
    this.#options = options;
  }

  async isHeld(executionId: number): Promise<boolean> {
    return await this.#options.queue.isHeld(executionId);
  }

  async remember(trx: Trx, executionId: number): Promise<void> {
    await this.#options.queue.add(trx, executionId);
  }

  async rememberAll(trx: Trx, executionIds: readonly number[], fairGroup: string): Promise<void> {
    await this.#options.queue.addAll(trx, executionIds, fairGroup);
  }

  enqueue(): void {
    this.look();
    this.#options.announce();
  }

  /** Takes from the queue, as far as there is room. */
  look(): void {
    this.#isAskedAgain = true;
    this.#taking ??= this.#takeAll().finally(() => {
      this.#taking = null;
      if (this.#isAskedAgain && this.#hasRoom) this.look();
    });
  }

  get #hasRoom(): boolean {
    return this.#work !== null && this.#held.size < this.#options.maxAtOnce;
  }

  start(work: (executionId: number) => Promise<void>): void {
    const { queue, maxAtOnce } = this.#options;
    if (maxAtOnce === 0) return;
    this.#work = work;
    const every = (intervalMs: number, task: () => Promise<unknown>): void => {
      this.#timers.push(setInterval(() => this.#attempt(task), intervalMs));
    };
    every((queue.holdSeconds * 1000) / HOLDS_PER_TERM, () => this.#holdAll());
    every(ADD_FORGOTTEN_MS, () => this.#addForgotten());
    this.#timers.push(setInterval(() => this.look(), LOOK_MS));
    every(LOOK_MS, () => this.#takeGuests());
    this.#attempt(() => this.#addForgotten());
  }

  async stop(ending: AbortSignal): Promise<void> {
    this.#work = null;
    ending.addEventListener("abort", () => this.#clearTimers());
    await this.#taking;
    // What goes on is held until it is done.
    await Promise.all(this.#active.values());
    this.#clearTimers();
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Does what may fail while the database is away; it is done again soon. */
  #attempt(task: () => Promise<unknown>): void {
    task().catch((error: unknown) => this.#options.onError(error));
  }

  async #holdAll(): Promise<void> {
    if (this.#held.size > 0) await this.#options.queue.hold([...this.#held.values()]);
  }

  async #addForgotten(): Promise<void> {
    if (this.#work !== null) await this.#options.queue.addForgotten();
    this.look();
  }

  async #takeAll(): Promise<void> {
    const { queue, maxAtOnce, onError } = this.#options;
    while (this.#isAskedAgain && this.#hasRoom) {
      this.#isAskedAgain = false;
      try {
        const room = maxAtOnce - this.#held.size;
        const taken = await queue.take(room);
        for (const work of taken) this.#begin(work);
        if (taken.length === room) this.#isAskedAgain = true;
      } catch (error) {
        onError(error);
        return;
      }
    }
  }

  /** Where there is no room, what nothing of its kind is worked on here may come in addition. */
  async #takeGuests(): Promise<void> {
    const { queue, maxAtOnce } = this.#options;
    const most = maxAtOnce + guestsBeside(maxAtOnce);
    while (this.#work !== null && this.#held.size >= maxAtOnce && this.#held.size < most) {
      const known = [...this.#held.values()].map(({ fairGroup }) => fairGroup);
      const [guest] = await queue.take(1, { withoutGroups: known });
      if (!guest) return;
      this.#begin(guest);
    }
  }

  #begin(taken: TakenWork): void {
    const { executionId } = taken;
    this.#held.set(keyOf(taken), taken);
    // It may still be at work here, when it was taken for dead while the database could not be reached.
    const before = this.#active.get(executionId) ?? Promise.resolve();
    const done = before.then(() => this.#do(taken));
    this.#active.set(executionId, done);
    void done.finally(() => {
      if (this.#active.get(executionId) === done) this.#active.delete(executionId);
      this.look();
    });
  }

  async #do(taken: TakenWork): Promise<void> {
    const { queue, announce, onError } = this.#options;
    try {
      await this.#work?.(taken.executionId);
      if (this.#work !== null) await queue.finish(taken);
      else {
        // Stopping leaves executions in the middle; one that has ended is looked at once more for nothing.
        await queue.giveBack(taken);
        announce();
      }
    } catch (error) {
      onError(error);
    } finally {
      this.#held.delete(keyOf(taken));
    }
  }
}

/** One entry may be held twice for a moment: when it was taken over by the process that had it. */
function keyOf({ id, retryCount }: TakenWork): string {
  return `${id}/${retryCount}`;
}
