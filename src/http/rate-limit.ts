import { RelaisError, type LocalText } from "../errors.ts";

const WINDOW_MS = 60_000;

/** Takes so many requests a minute, and refuses those beyond. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #detail: LocalText;
  #times: number[] = [];

  /** @param detail what whoever comes too often is told. */
  constructor(perMinute: number, detail: LocalText) {
    this.#perMinute = perMinute;
    this.#detail = detail;
  }

  /** @throws RelaisError `too_many_requests`. */
  take(): void {
    const now = Date.now();
    this.#times = this.#times.filter((time) => time > now - WINDOW_MS);
    if (this.#times.length >= this.#perMinute) throw new RelaisError("too_many_requests", this.#detail);
    this.#times.push(now);
  }
}
