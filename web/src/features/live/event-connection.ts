import { isFinal } from "../../../../src/workflow/statuses.ts";
import { API } from "../../api/client.ts";
import { takeHiddenTurn } from "./hidden-turn.ts";
import { EVENT_NAMES, readEvent, waitBeforeTryMs, writeHeard, type LiveEvent } from "./live-event.ts";

/** `live`: events come; `lost`: they do not, and the page tries again and again. */
export type ConnectionState = "live" | "lost";

/** As many executions as the server lets one stream follow. */
const MAX_FOLLOWED = 100;
/** A connection that comes back within this time was never spoken of as lost. */
const SAY_LOST_AFTER_MS = 1_000;
/** A stream that lasted so long was a good one: what follows it is the first failure. */
const GOOD_AFTER_MS = 5_000;
/** The server says something every 15 seconds, but the browser does not tell the page of it. */
const SILENT_MS = 25_000;
const ANSWER_MS = 5_000;
/** A frame that is never drawn, because the page is hidden, does not hold events back for longer. */
const HIDDEN_FRAME_MS = 100;
/** How often a hidden tab without a stream looks what has happened, and how long. */
const LOOK_EVERY_MS = 5_000;
const LOOK_MS = 500;

interface ConnectionOptions {
  /** The number of the last event of an execution that the page has; undefined where the page does not hold it. */
  lastEventOf: (id: number) => number | undefined;
  onState: (state: ConnectionState) => void;
  /** The stream failed again: what is followed may be gone, or over. */
  onFailedAgain: () => void;
}

/**
 * The one event stream of a tab, which follows any number of executions. It comes back by itself: with growing pauses, at
 * once when the browser is back on the network or the page back in sight, and from the last event that the page has, so
 * that nothing is missed or told twice. A browser allows a server six connections, all tabs together: of the tabs that
 * nobody sees one keeps its stream, and the others open theirs for a moment now and then.
 */
export class EventConnection {
  readonly #options: ConnectionOptions;
  /** How many parts of the page follow an execution. */
  readonly #followers = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #heard = new Map<number, number>();
  #language = "fr";
  #deliver: (events: LiveEvent[]) => void = () => undefined;
  #source: EventSource | null = null;
  #inSource = new Set<number>();
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  #cancelFlush: (() => void) | null = null;
  #waiting: LiveEvent[] = [];
  #failures = 0;
  #openedAt = 0;
  #lastHeardAt = 0;
  #hiddenSince = 0;
  /** Whether the stream is open for a moment only. */
  #isResting = false;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #endTurn: (() => void) | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Listens to the network and to the page until the answer is called. What is followed is heard before that, too. */
  start(): () => void {
    const listening = new AbortController();
    const { signal } = listening;
    window.addEventListener("online", () => this.tryNow(), { signal });
    // Said of the network as a whole; a server on this machine may answer all the same.
    window.addEventListener("offline", () => void this.#askIfAlive(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.tryNow(), { signal });
    document.addEventListener("visibilitychange", () => this.#changeVisibility(), { signal });
    const watch = setInterval(() => this.#watchSilence(), SILENT_MS);
    return () => {
      listening.abort();
      clearInterval(watch);
      clearTimeout(this.#openTimer);
      clearTimeout(this.#lostTimer);
      this.#wake();
      this.#closeSource();
    };
  }

  /** The language of the sentences in the events. */
  speak(language: string): void {
    if (language === this.#language) {
      return;
    }
    this.#language = language;
    if (this.#source !== null) {
      this.#openSoon(0);
    }
  }

  /** Who gets all events of one frame together, so that the page is drawn once for them. */
  deliverTo(deliver: (events: LiveEvent[]) => void): void {
    this.#deliver = deliver;
  }

  /** Hears the events of an execution until the answer is called. */
  follow(id: number): () => void {
    this.#followers.set(id, (this.#followers.get(id) ?? 0) + 1);
    this.#ended.delete(id);
    // The page got it from the server a moment ago, and events that came meanwhile had nowhere to go.
    const isBehind = (this.#options.lastEventOf(id) ?? Infinity) < (this.#heard.get(id) ?? 0);
    if (!this.#inSource.has(id) || isBehind) {
      this.#openSoon(0);
    }
    return () => {
      const left = (this.#followers.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#followers.set(id, left);
        return;
      }
      this.#followers.delete(id);
      // Not at once: the next part of the page may be about to follow it.
      setTimeout(() => this.#closeWhereDone());
    };
  }

  /** Comes back at once, without waiting for the pause to end. */
  tryNow(): void {
    this.#failures = 0;
    this.#openSoon(0);
  }

  #followed(): number[] {
    return [...this.#followers]
      .filter(([id]) => !this.#ended.has(id))
      .toSorted(([id, count], [otherId, otherCount]) => otherCount - count || otherId - id)
      .slice(0, MAX_FOLLOWED)
      .map(([id]) => id)
      .toSorted((one, other) => one - other);
  }

  #openSoon(afterMs: number): void {
    clearTimeout(this.#openTimer);
    this.#openTimer = setTimeout(() => this.#open(), afterMs);
  }

  #open(): void {
    clearTimeout(this.#openTimer);
    this.#closeSource();
    const ids = this.#followed();
    if (ids.length === 0) {
      this.#settle();
      return;
    }
    const query = new URLSearchParams({ executions: ids.join(","), lang: this.#language });
    const heard = writeHeard(
      ids.map((id) => [id, this.#options.lastEventOf(id) ?? this.#heard.get(id) ?? 0] as const),
    );
    if (heard !== "") {
      query.set("last_event_id", heard);
    }
    const source = new EventSource(`${API}/events?${query}`);
    this.#source = source;
    this.#inSource = new Set(ids);
    source.addEventListener("open", () => {
      this.#openedAt = performance.now();
      this.#lastHeardAt = this.#openedAt;
      this.#settle();
      if (this.#isResting) {
        this.#restTimer = setTimeout(() => void this.#rest(), LOOK_MS);
      }
    });
    source.addEventListener("error", () => this.#fail());
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => this.#hear(name, event));
    }
  }

  #hear(name: LiveEvent["name"], { data: text, lastEventId }: MessageEvent<string>): void {
    this.#lastHeardAt = performance.now();
    const event = readEvent(name, text, lastEventId);
    const { execution_id: id } = event.data;
    if (event.number > 0) {
      this.#heard.set(id, event.number);
    }
    if (event.name === "execution" && isFinal(event.data.status)) {
      this.#ended.add(id);
    }
    this.#waiting.push(event);
    this.#flushSoon();
    this.#closeWhereDone();
  }

  /** Before the next frame is drawn; a hidden page draws none. */
  #flushSoon(): void {
    if (this.#cancelFlush !== null) {
      return;
    }
    const flush = () => this.#flush();
    const frame = requestAnimationFrame(flush);
    const timer = setTimeout(flush, HIDDEN_FRAME_MS);
    this.#cancelFlush = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) {
      this.#deliver(events);
    }
  }

  #fail(): void {
    if (performance.now() - this.#openedAt > GOOD_AFTER_MS) {
      this.#failures = 0;
    }
    this.#closeSource();
    if (this.#followed().length === 0) {
      return;
    }
    this.#failures += 1;
    this.#lostTimer ??= setTimeout(() => this.#options.onState("lost"), SAY_LOST_AFTER_MS);
    if (this.#failures > 1) {
      this.#options.onFailedAgain();
    }
    this.#openSoon(waitBeforeTryMs(this.#failures, Math.random()));
  }

  /** Everything is well again, or there is nothing to hear. */
  #settle(): void {
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
    this.#options.onState("live");
  }

  #closeWhereDone(): void {
    if (this.#followed().length === 0) {
      clearTimeout(this.#openTimer);
      this.#closeSource();
      this.#settle();
    }
  }

  #closeSource(): void {
    this.#source?.close();
    this.#source = null;
    this.#inSource = new Set();
    this.#flush();
  }

  #changeVisibility(): void {
    if (document.visibilityState === "hidden") {
      this.#hiddenSince = performance.now();
      void this.#rest();
      return;
    }
    this.#wake();
    // A machine that slept has lost its connections without being told.
    const wasLong = performance.now() - this.#hiddenSince > SILENT_MS;
    if (this.#source === null || wasLong) {
      this.tryNow();
    }
  }

  /** Hidden: keeps the stream where no other hidden tab does, or else gives its connection back until the next look. */
  async #rest(): Promise<void> {
    const endTurn = this.#endTurn ?? (await takeHiddenTurn());
    if (document.visibilityState !== "hidden") {
      endTurn?.();
      return;
    }
    // Asked for twice at once, only the first has it.
    this.#endTurn ??= endTurn;
    this.#isResting = this.#endTurn === null;
    if (this.#isResting && this.#source !== null) {
      this.#closeSource();
      this.#openSoon(LOOK_EVERY_MS);
    }
  }

  #wake(): void {
    clearTimeout(this.#restTimer);
    this.#isResting = false;
    this.#endTurn?.();
    this.#endTurn = null;
  }

  /** A network that was cut without a word leaves a stream that looks open. */
  #watchSilence(): void {
    if (performance.now() - this.#lastHeardAt >= SILENT_MS) {
      void this.#askIfAlive();
    }
  }

  async #askIfAlive(): Promise<void> {
    const source = this.#source;
    if (source === null) {
      return;
    }
    try {
      await fetch("/healthz", { signal: AbortSignal.timeout(ANSWER_MS) });
    } catch {
      if (source === this.#source) {
        this.#fail();
      }
    }
  }
}
