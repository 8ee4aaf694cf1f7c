import type { EventHub, HubEvent, LiveEvent } from "../engine/events.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";

const HEARTBEAT_MS = 15_000;
/** At most ten text events a second for each step. */
const LIVE_INTERVAL_MS = 100;
const HEARTBEAT = ": still here\n\n";
/** A listener that is cut off comes back after a second. Sent at once, so that proxies pass the headers on. */
const RECONNECT = "retry: 1000\n\n";

/** A stored event, ready to be sent. */
export interface OutgoingEvent {
  number: number;
  type: "execution" | "step";
  data: unknown;
  /** After this event nothing more comes of its execution. */
  isLast: boolean;
  /** The step, or item, whose live text this event makes obsolete: it has ended. */
  ends: StepKey | null;
}

export interface EventStreamOptions {
  hub: EventHub;
  /** The number of the last event that the listener has, by execution. */
  after: ReadonlyMap<number, number>;
  /** Executions that had ended when the listener came: nothing follows their stored events. */
  ended: ReadonlySet<number>;
  /** Reads the stored events of an execution after a number, oldest first; none: the listener has them all. */
  read(executionId: number, afterNumber: number): Promise<OutgoingEvent[]>;
  /** The `id` of an event, given the last number sent of each execution. */
  writeId(sent: ReadonlyMap<number, number>, executionId: number): string;
  /** Ends the stream: the server closes. */
  closing?: AbortSignal | undefined;
  heartbeatMs?: number;
  liveIntervalMs?: number;
}

/**
 * Server-sent events of one or several executions. It subscribes before it reads, so nothing falls in between; it
 * writes only as fast as the listener takes it; it ends after the last event of every execution.
 */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const follower = new Follower(options);
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await follower.next();
        if (chunk === null) controller.close();
        else controller.enqueue(encoder.encode(chunk));
      },
      cancel: () => follower.stop(),
    },
    { highWaterMark: 0 },
  );
}

/** Text and progress that are waiting to be sent, by step. */
interface LiveSlot {
  event: LiveEvent;
  /** Not to be sent before this time: the step has just been heard. */
  dueAt: number;
}

class Follower {
  readonly #options: EventStreamOptions;
  readonly #sent: Map<number, number>;
  readonly #open: Set<number>;
  readonly #unread: Set<number>;
  readonly #live = new Map<string, LiveSlot>();
  readonly #lastLiveAt = new Map<string, number>();
  readonly #unsubscribe: (() => void)[] = [];
  #wake: (() => void) | null = null;
  #isStopped = false;
  #hasBegun = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#sent = new Map(options.after);
    this.#open = new Set(options.after.keys());
    this.#unread = new Set(options.after.keys());
    for (const executionId of options.after.keys()) {
      this.#unsubscribe.push(options.hub.subscribe(executionId, (event) => this.#hear(event)));
      for (const event of options.hub.current(executionId)) this.#hear(event);
    }
    const { closing } = options;
    if (closing) {
      const stop = (): void => this.stop();
      closing.addEventListener("abort", stop);
      this.#unsubscribe.push(() => closing.removeEventListener("abort", stop));
      if (closing.aborted) this.stop();
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#wake?.();
  }

  /** The next piece to send, as soon as there is one; null at the end. */
  async next(): Promise<string | null> {
    const heartbeatAt = performance.now() + (this.#options.heartbeatMs ?? HEARTBEAT_MS);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return RECONNECT;
    }
    while (!this.#isStopped) {
      const chunk = (await this.#takeStored()) || this.#takeLive();
      if (chunk) return chunk;
      if (this.#unread.size > 0) continue;
      if (this.#open.size === 0) break;
      if (performance.now() >= heartbeatAt) return HEARTBEAT;
      await this.#sleepUntil(Math.min(heartbeatAt, this.#nextLiveAt()));
    }
    this.stop();
    return null;
  }

  #hear(event: HubEvent): void {
    if (!this.#open.has(event.executionId)) return;
    if (event.type === "stored") this.#unread.add(event.executionId);
    else this.#keepLive(event);
    this.#wake?.();
  }

  #keepLive(event: LiveEvent): void {
    const slot = slotOf(event);
    const waiting = this.#live.get(slot);
    const lastAt = this.#lastLiveAt.get(slot) ?? -Infinity;
    this.#live.set(slot, {
      event: waiting ? joined(waiting.event, event) : event,
      dueAt: lastAt + (this.#options.liveIntervalMs ?? LIVE_INTERVAL_MS),
    });
  }

  async #takeStored(): Promise<string> {
    let chunk = "";
    for (const executionId of this.#unread) {
      // Before reading: what is announced while the rows are read has to be read again.
      this.#unread.delete(executionId);
      const events = await this.#options.read(executionId, this.#sent.get(executionId) ?? 0);
      for (const event of events) chunk += this.#writeStored(executionId, event);
      // There may be more rows than one reading gives.
      if (events.length > 0 && this.#open.has(executionId)) this.#unread.add(executionId);
      if (events.length === 0 && this.#options.ended.has(executionId)) this.#close(executionId);
      if (chunk) break;
    }
    return chunk;
  }

  #writeStored(executionId: number, event: OutgoingEvent): string {
    this.#sent.set(executionId, event.number);
    if (event.ends !== null) this.#forgetLive(executionId, event.ends);
    if (event.isLast) this.#close(executionId);
    const id = this.#options.writeId(this.#sent, executionId);
    return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
  }

  #takeLive(): string {
    const now = performance.now();
    let chunk = "";
    for (const [slot, { event, dueAt }] of this.#live) {
      if (dueAt > now) continue;
      this.#live.delete(slot);
      this.#lastLiveAt.set(slot, now);
      chunk += `event: ${event.type}\ndata: ${JSON.stringify(liveData(event))}\n\n`;
    }
    return chunk;
  }

  #nextLiveAt(): number {
    return Math.min(Infinity, ...[...this.#live.values()].map(({ dueAt }) => dueAt));
  }

  /** What ends as a whole step ends with all its items. */
  #forgetLive(executionId: number, { stepNumber, item }: StepKey): void {
    for (const [slot, { event }] of this.#live) {
      const isInside = event.stepNumber === stepNumber && (item === NO_ITEM || event.item === item);
      if (event.executionId === executionId && isInside) this.#live.delete(slot);
    }
  }

  #close(executionId: number): void {
    this.#open.delete(executionId);
    this.#unread.delete(executionId);
    for (const [slot, { event }] of this.#live) {
      if (event.executionId === executionId) this.#live.delete(slot);
    }
  }

  #sleepUntil(time: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), Math.max(0, Math.ceil(time - performance.now())));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}

function slotOf(event: LiveEvent): string {
  return `${event.executionId}/${event.type}/${event.stepNumber}/${event.item}`;
}

/** Two events of one step as one: texts are put together, of two amounts of progress the later one counts. */
function joined(before: LiveEvent, after: LiveEvent): LiveEvent {
  if (before.type !== "text" || after.type !== "text" || after.offset < before.offset) return after;
  return { ...before, text: before.text.slice(0, after.offset - before.offset) + after.text };
}

function liveData(event: LiveEvent): unknown {
  const { executionId, stepNumber, item } = event;
  const place = { execution_id: executionId, step_number: stepNumber, ...(item !== NO_ITEM && { item }) };
  return event.type === "text"
    ? { ...place, offset: event.offset, text: event.text }
    : { ...place, fraction: event.fraction };
}
