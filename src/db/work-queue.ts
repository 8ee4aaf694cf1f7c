import type { Trx } from "./database.ts";

/** An execution that this process has taken from the queue, and holds for as long as it says so. */
export interface TakenWork {
  executionId: number;
  /** Of the entry in the queue. */
  id: string;
  /** Which taking of the entry this is: another process may have taken it over since. */
  retryCount: number;
  /** With what it stands together when work is shared out fairly. */
  fairGroup: string;
}

/**
 * The executions that are to be worked on, shared by all processes on one database. An entry that nobody has said to hold
 * for `holdSeconds` goes to another process. Of the entries of one execution, one is out at a time.
 */
export interface WorkQueue {
  readonly holdSeconds: number;
  add(trx: Trx, executionId: number): Promise<void>;
  /** Several of one fair group, in this order. */
  addAll(trx: Trx, executionIds: readonly number[], fairGroup: string): Promise<void>;
  /**
   * At most `limit`, each group in its turn, the oldest of a group first.
   * @param options.withoutGroups whose entries are left where they are.
   */
  take(limit: number, options?: { withoutGroups: string[] }): Promise<TakenWork[]>;
  /** Says that all these are still being worked on. */
  hold(works: TakenWork[]): Promise<void>;
  /** Whether a process holds an entry of the execution, as far as is known. */
  isHeld(executionId: number): Promise<boolean>;
  finish(work: TakenWork): Promise<void>;
  /** For another process to take at once. */
  giveBack(work: TakenWork): Promise<void>;
  /** Adds executions that are to be worked on and have no entry; gives how many. */
  addForgotten(): Promise<number>;
}
