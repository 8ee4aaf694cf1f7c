import { setTimeout as pause } from "node:timers/promises";
import type { ArtifactStore } from "../artifacts/store.ts";
import { deleteHold, listLapsedHolds } from "../db/hold-store.ts";
import { listEndedBefore, removeExecution, type EndedExecution } from "../db/execution-removal.ts";
import { forgetIdempotencyKeysBefore, KEPT_DAYS } from "../db/idempotency-store.ts";
import type { Store } from "../db/store.ts";

const DAY_MS = 86_400_000;
const FIRST_AFTER_MS = 5_000;
const AGAIN_AFTER_MS = 3_600_000;
/** Removed in one transaction, which others wait for. */
const BATCH = 20;
/** Between two of them, so that others get their turn. */
const PAUSE_MS = 50;

export interface HousekeepingOptions extends Pick<Store, "db" | "writer" | "isAloneUntilCommit"> {
  artifacts: ArtifactStore;
  /** Executions that ended longer ago are removed; null: none is. */
  retentionDays: number | null;
  onError: (error: unknown) => void;
  now?: () => Date;
}

/**
 * Removes what has been kept for long enough, now and then and a little at a time: what old executions say and made,
 * answers that would be given again, and content that a crash left without a row that names it. What calls have cost is never removed.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #ending = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#work = this.#repeat();
  }

  /** Resolves when nothing more is being removed. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#work;
  }

  /** Removes all that is due. Does nothing where another process is at it. */
  async tidy(): Promise<void> {
    const { db, retentionDays, now = () => new Date() } = this.#options;
    const before = (days: number): string => new Date(now().getTime() - days * DAY_MS).toISOString();
    await forgetIdempotencyKeysBefore(db, before(KEPT_DAYS));
    await this.#removeUnnamed(now().toISOString());
    if (retentionDays === null) return;
    const time = before(retentionDays);
    let last: EndedExecution | undefined;
    do {
      const due = await listEndedBefore(db, { time, after: last, limit: BATCH });
      if (due.length > 0 && !(await this.#remove(due, now().toISOString()))) return;
      last = due.length < BATCH ? undefined : due.at(-1);
      if (last) await this.#rest(PAUSE_MS);
    } while (last && !this.#ending.signal.aborted);
  }

  /** What was stored for a row that its process did not live to write. Where there is such a row, the content stays. */
  async #removeUnnamed(now: string): Promise<void> {
    const { db, artifacts } = this.#options;
    let lapsed;
    do {
      lapsed = await listLapsedHolds(db, now, BATCH);
      for (const { id, hash } of lapsed) {
        await artifacts.remove(hash);
        await deleteHold(db, id);
      }
    } while (lapsed.length === BATCH && !this.#ending.signal.aborted);
  }

  /** False where another process is at it. */
  async #remove(due: EndedExecution[], now: string): Promise<boolean> {
    const { writer, artifacts, isAloneUntilCommit } = this.#options;
    const hashes = await writer.write(async (trx) => {
      if (!(await isAloneUntilCommit(trx))) return null;
      const left = new Set<string>();
      for (const { id } of due) {
        const removal = await removeExecution(trx, id, now);
        if (removal.state === "removed") for (const hash of removal.hashes) left.add(hash);
      }
      return left;
    });
    for (const hash of hashes ?? []) await artifacts.remove(hash);
    return hashes !== null;
  }

  async #repeat(): Promise<void> {
    await this.#rest(FIRST_AFTER_MS);
    while (!this.#ending.signal.aborted) {
      await this.tidy().catch(this.#options.onError);
      await this.#rest(AGAIN_AFTER_MS);
    }
  }

  async #rest(timeMs: number): Promise<void> {
    await pause(timeMs, undefined, { signal: this.#ending.signal, ref: false }).catch(() => undefined);
  }
}
