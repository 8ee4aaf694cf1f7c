import type { Channel } from "../db/channel.ts";
import type { EventHub, SharedEvent } from "./events.ts";
import type { Turn } from "./turns.ts";

/** What processes on one database tell each other, beside what is in the rows. */
type Message =
  | { type: "event"; event: SharedEvent }
  /** The queue holds something new. */
  | { type: "work" }
  /** Places at a provider are free for who waits in another process. */
  | { type: "turn"; turn: Turn }
  /** Rows of the execution have changed: whoever works on it plans again. */
  | { type: "wake"; executionId: number }
  /** Cancelled: whoever has calls out for it ends them. */
  | { type: "cancel"; executionId: number }
  /** What people have set and the database keeps has changed. */
  | { type: "settings" };

/** For the eyes of people, who do not notice it. */
const EVENT_WITHIN_MS = 60;
/** What work elsewhere waits for. */
const WORK_WITHIN_MS = 15;
/** Text is told in pieces of this many UTF-16 units, which are at most six bytes each in JSON. */
const PIECE = 500;

/** What a process does when it hears from another one. */
interface Hearing {
  events: EventHub;
  dispatcher: { look(): void };
  places: { receive(turn: Turn): void };
  executor: { wake(executionId: number): void; cancelCalls(executionId: number): void };
}

/** Speaks to the other processes on the same database. Nothing depends on it: it makes them quick. */
export class Relay {
  readonly #channel: Channel | null;
  #onSettings: () => void = () => undefined;

  /** Null: there are no other processes. */
  constructor(channel: Channel | null) {
    this.#channel = channel;
  }

  /** What is done when another process says that settings have changed, or may have said so unheard. */
  hearSettings(onSettings: () => void): void {
    this.#onSettings = onSettings;
  }

  announceSettings(): void {
    this.#send({ type: "settings" });
  }

  readonly forward = (event: SharedEvent): void => {
    for (const piece of piecesOf(event)) this.#send({ type: "event", event: piece });
  };

  wake(executionId: number): void {
    this.#send({ type: "wake", executionId });
  }

  cancel(executionId: number): void {
    this.#send({ type: "cancel", executionId });
  }

  announceTurn(turn: Turn): void {
    this.#send({ type: "turn", turn });
  }

  announceWork(): void {
    this.#send({ type: "work" });
  }

  async listen({ events, dispatcher, places, executor }: Hearing): Promise<void> {
    await this.#channel?.listen(
      (text) => {
        const message: Message = JSON.parse(text);
        if (message.type === "event") events.receive(message.event);
        else if (message.type === "work") dispatcher.look();
        else if (message.type === "turn") places.receive(message.turn);
        else if (message.type === "settings") this.#onSettings();
        else if (message.type === "wake") executor.wake(message.executionId);
        else executor.cancelCalls(message.executionId);
      },
      () => {
        this.#onSettings();
        events.wakeAll();
        dispatcher.look();
      },
    );
  }

  #send(message: Message): void {
    const withinMs = message.type === "event" ? EVENT_WITHIN_MS : WORK_WITHIN_MS;
    this.#channel?.send(JSON.stringify(message), { withinMs });
  }
}

function piecesOf(event: SharedEvent): SharedEvent[] {
  if (event.type !== "text" || event.text.length <= PIECE) return [event];
  const pieces: SharedEvent[] = [];
  for (let start = 0; start < event.text.length; start += PIECE) {
    const text = event.text.slice(start, start + PIECE);
    pieces.push({ ...event, offset: event.offset + start, text });
  }
  return pieces;
}
