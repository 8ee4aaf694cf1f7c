import type { EventHub } from "../engine/events.ts";
import { isFinal, type ExecutionStatus } from "../workflow/statuses.ts";
import type { BatchRowWire } from "./batch-schemas.ts";

const HEARTBEAT_MS = 15_000;
const HEARTBEAT = ": still here\n\n";
/** A listener that is cut off comes back after a second. Sent at once, so that proxies pass the headers on. */
const RECONNECT = "retry: 1000\n\n";
/** However much happens, rows are read and sent so often at most: each as it stands then. */
const PAUSE_MS = 250;
const ROWS_AT_ONCE = 100;

/** A row of a batch as far as following it needs. */
interface FollowedRow {
  row: number;
  execution_id: number;
  status: ExecutionStatus;
}

export interface BatchStreamOptions {
  hub: EventHub;
  /** The newest execution of every row when the listener came. */
  rows: readonly FollowedRow[];
  /** The rows that the listener does not know as they stand. */
  unheard: readonly number[];
  /** Reads some rows as they stand now. */
  read: (rows: readonly number[]) => Promise<BatchRowWire[]>;
  /** Writes rows as an event without an id. */
  writeRows: (rows: readonly BatchRowWire[]) => string;
  /** Writes how the batch stands as the event that carries the id: all that was read before `time` has been sent. */
  writeState: (position: { time: string; isOver: boolean; lastExecutionId: number }) => Promise<string>;
  /** Ends the stream: the server closes. */
  closing?: AbortSignal | undefined;
  heartbeatMs?: number;
}

/**
 * Server-sent events of all rows of a batch in one stream. It tells states and not what led to them, so that it is cheap for
 * a thousand rows, and a listener that comes back is told once what has changed meanwhile.
 */
export function batchStream(options: BatchStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const follower = new BatchFollower(options);
  const pieces = follower.pieces();
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: () => follower.stop(),
    },
    { highWaterMark: 0 },
  );
}

class BatchFollower {
  readonly #options: BatchStreamOptions;
  /** The execution that stands in each row. */
  readonly #rows = new Map<number, FollowedRow>();
  readonly #changed: Set<number>;
  readonly #unsubscribe: (() => void)[] = [];
  #wake: () => void = () => undefined;
  #isStopped = false;

  constructor(options: BatchStreamOptions) {
    this.#options = options;
    this.#changed = new Set(options.unheard);
    for (const row of options.rows) this.#follow(row);
    const { closing } = options;
    if (!closing) return;
    const stop = (): void => this.stop();
    closing.addEventListener("abort", stop);
    this.#unsubscribe.push(() => closing.removeEventListener("abort", stop));
    if (closing.aborted) this.stop();
  }

  stop(): void {
    this.#isStopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#wake();
  }

  async *pieces(): AsyncGenerator<string> {
    yield RECONNECT;
    const { heartbeatMs = HEARTBEAT_MS } = this.#options;
    // The first time the state is told even where no row has changed.
    for (let isFirst = true; !this.#isStopped; isFirst = false) {
      if (this.#changed.size > 0 || isFirst) {
        yield* this.#tell();
        if (this.#isOver) break;
        await this.#sleep(PAUSE_MS, { untilChanged: false });
      } else {
        await this.#sleep(heartbeatMs, { untilChanged: true });
        if (this.#changed.size === 0 && !this.#isStopped) yield HEARTBEAT;
      }
    }
    this.stop();
  }

  get #isOver(): boolean {
    return this.#changed.size === 0 && [...this.#rows.values()].every(({ status }) => isFinal(status));
  }

  async *#tell(): AsyncGenerator<string> {
    const { read, writeRows, writeState } = this.#options;
    const time = new Date().toISOString();
    const changed = [...this.#changed];
    // Before reading: what is announced while the rows are read has to be read again.
    this.#changed.clear();
    for (let start = 0; start < changed.length; start += ROWS_AT_ONCE) {
      const rows = await read(changed.slice(start, start + ROWS_AT_ONCE));
      for (const row of rows) this.#follow(row);
      if (rows.length > 0) yield writeRows(rows);
    }
    const lastExecutionId = Math.max(0, ...[...this.#rows.values()].map((row) => row.execution_id));
    yield await writeState({ time, isOver: this.#isOver, lastExecutionId });
  }

  /** Where a row was run again, its new execution is listened to, and read once more: it may have changed before. */
  #follow(row: FollowedRow): void {
    const before = this.#rows.get(row.row);
    this.#rows.set(row.row, { row: row.row, execution_id: row.execution_id, status: row.status });
    if (before?.execution_id === row.execution_id) return;
    if (before) this.#changed.add(row.row);
    this.#unsubscribe.push(
      this.#options.hub.subscribe(row.execution_id, (event) => {
        if (event.type !== "stored") return;
        this.#changed.add(row.row);
        this.#wake();
      }),
    );
  }

  #sleep(timeMs: number, { untilChanged }: { untilChanged: boolean }): Promise<void> {
    if (this.#isStopped || (untilChanged && this.#changed.size > 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, timeMs);
      this.#wake = () => {
        if (untilChanged || this.#isStopped) end();
      };
    });
  }
}
