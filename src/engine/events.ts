import { EventEmitter } from "node:events";

/** Not stored: text as it is written, and how far a step is (0 to 1). `offset` is in characters of the text so far. */
export type LiveEvent =
  | { type: "text"; executionId: number; stepNumber: number; item: number; offset: number; text: string }
  | { type: "progress"; executionId: number; stepNumber: number; item: number; fraction: number };

/** `stored`: new rows stand in `execution_events`, committed; read them from there. */
export type HubEvent = { type: "stored"; executionId: number } | LiveEvent;

/**
 * Wakes whoever follows an execution. It holds nothing that the rows do not, except the text that a running step has
 * written so far, so that a late listener gets it first.
 */
export class EventHub {
  readonly #emitter = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  readonly #live = new Map<number, Map<string, LiveEvent>>();

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
    this.#emit({ type: "stored", executionId });
  }

  publishLive(event: LiveEvent): void {
    const slots = this.#live.get(event.executionId) ?? new Map<string, LiveEvent>();
    this.#live.set(event.executionId, slots);
    const slot = `${event.type}/${event.stepNumber}/${event.item}`;
    const before = slots.get(slot);
    const soFar =
      event.type === "text" && before?.type === "text"
        ? { ...event, offset: 0, text: before.text.slice(0, event.offset) + event.text }
        : event;
    slots.set(slot, soFar);
    this.#emit(event);
  }

  /** Forgets what a step has written live: it has ended, or is tried again from the start. */
  clearLive(executionId: number, stepNumber: number, item: number): void {
    const slots = this.#live.get(executionId);
    slots?.delete(`text/${stepNumber}/${item}`);
    slots?.delete(`progress/${stepNumber}/${item}`);
    if (slots?.size === 0) this.#live.delete(executionId);
  }

  #emit(event: HubEvent): void {
    this.#emitter.emit(String(event.executionId), event);
  }
}
