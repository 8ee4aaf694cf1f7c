import { EventEmitter } from "node:events";

/** Not stored: text as it is written, and how far a step is (0 to 1). `offset` is in characters of the text so far. */
export type LiveEvent =
  | { type: "text"; executionId: number; stepNumber: number; item: number; offset: number; text: string }
  | { type: "progress"; executionId: number; stepNumber: number; item: number; fraction: number };

type LiveText = Extract<LiveEvent, { type: "text" }>;

/** `stored`: new rows stand in `execution_events`, committed; read them from there. */
export type HubEvent = { type: "stored"; executionId: number } | LiveEvent;

/** What the hub of one process tells those of the others. */
export type SharedEvent =
  | HubEvent
  | { type: "cleared"; executionId: number; stepNumber: number; item: number }
  | { type: "forgotten"; executionId: number };

/**
 * Wakes whoever follows an execution. It holds nothing that the rows do not, except the text that a running step has
 * written so far, so that a late listener gets it first.
 */
export class EventHub {
  readonly #emitter = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  readonly #live = new Map<number, Map<string, LiveEvent>>();
  readonly #forward: (event: SharedEvent) => void;

  /** `forward` is told of everything that this process publishes, for the hubs of other processes. */
  constructor(forward: (event: SharedEvent) => void = () => undefined) {
    this.#forward = forward;
  }

  /** Publishes here what another process has published there. */
  receive(event: SharedEvent): void {
    if (event.type === "cleared") this.#clear(event);
    else if (event.type === "forgotten") this.#live.delete(event.executionId);
    else if (event.type === "stored") this.#emit(event);
    else this.#write(event);
  }

  /** Wakes everybody: something may have been missed. */
  wakeAll(): void {
    for (const channel of this.#emitter.eventNames()) {
      this.#emit({ type: "stored", executionId: Number(channel) });
    }
  }

  /** Calls `listener` for every event of an execution until the returned function is called. */
  subscribe(executionId: number, listener: (event: HubEvent) => void): () => void {
    const channel = String(executionId);
    this.#emitter.on(channel, listener);
    return () => this.#emitter.off(channel, listener);
  }

  /** How many listeners there are, of all executions together. */
  get subscriberCount(): number {
    return this.#emitter.eventNames().reduce((sum, channel) => sum + this.#emitter.listenerCount(channel), 0);
  }

  /** What running steps have written so far, and their latest progress. */
  current(executionId: number): LiveEvent[] {
    return [...(this.#live.get(executionId)?.values() ?? [])];
  }

  publishStored(executionId: number): void {
    const event = { type: "stored" as const, executionId };
    this.#emit(event);
    this.#forward(event);
  }

  publishLive(event: LiveEvent): void {
    this.#write(event);
    this.#forward(event);
  }

  /** Forgets what a step has written live: it has ended, or is tried again from the start. */
  clearLive(executionId: number, stepNumber: number, item: number): void {
    const event = { type: "cleared" as const, executionId, stepNumber, item };
    if (this.#clear(event)) this.#forward(event);
  }

  /** Forgets what all steps of an execution have written live: whoever was at work on it is no more. */
  forgetLive(executionId: number): void {
    const event = { type: "forgotten" as const, executionId };
    this.#live.delete(executionId);
    this.#forward(event);
  }

  #write(event: LiveEvent): void {
    const slots = this.#live.get(event.executionId) ?? new Map<string, LiveEvent>();
    this.#live.set(event.executionId, slots);
    const slot = `${event.type}/${event.stepNumber}/${event.item}`;
    const before = slots.get(slot);
    slots.set(slot, event.type === "text" && before?.type === "text" ? appended(before, event) : event);
    this.#emit(event);
  }

  /** Whether there was something to forget. */
  #clear({
    executionId,
    stepNumber,
    item,
  }: {
    executionId: number;
    stepNumber: number;
    item: number;
  }): boolean {
    const slots = this.#live.get(executionId);
    if (!slots) return false;
    const hadText = slots.delete(`text/${stepNumber}/${item}`);
    const hadProgress = slots.delete(`progress/${stepNumber}/${item}`);
    if (slots.size === 0) this.#live.delete(executionId);
    return hadText || hadProgress;
  }

  #emit(event: HubEvent): void {
    this.#emitter.emit(String(event.executionId), event);
  }
}

/** The text so far; where this process has not heard it from its start, only what it has heard, from there. */
function appended(before: LiveText, event: LiveText): LiveText {
  const kept = event.offset - before.offset;
  if (kept < 0 || kept > before.text.length) return event;
  return { ...event, offset: before.offset, text: before.text.slice(0, kept) + event.text };
}
