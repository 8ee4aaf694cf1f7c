/** The longest that Relais waits by itself between two attempts. */
const MAX_BACKOFF_MS = 60_000;
const BASE_DELAY_MS = 1_000;
/** The longest wait that a vendor's Retry-After is given. */
const MAX_RETRY_AFTER_MS = 600_000;

/** How many times as long as at first the longest wait between two questions about a job is. */
const MAX_POLL_GROWTH = 6;

/**
 * Whether the same call is made again without asking: only where it certainly was not billed, may succeed a little
 * later, and attempts are left. `attempt` counts from 1 and is the one that has just failed.
 */
export function shouldRetry(options: {
  billed: "no" | "yes" | "unknown";
  isTransient: boolean;
  attempt: number;
  maxAttempts: number;
}): boolean {
  return options.billed === "no" && options.isTransient && options.attempt < options.maxAttempts;
}

/**
 * Milliseconds to wait after failed attempt `attempt` (from 1): between half and all of 1 s, 2 s, 4 s … 60 s. What the
 * vendor asked for wins, up to ten minutes. `random` is a number from 0 up to 1.
 */
export function retryDelayMs(options: {
  attempt: number;
  retryAfterMs: number | null;
  random: number;
}): number {
  const { attempt, retryAfterMs, random } = options;
  if (retryAfterMs !== null && Number.isFinite(retryAfterMs) && retryAfterMs >= 0) {
    return Math.min(Math.ceil(retryAfterMs), MAX_RETRY_AFTER_MS);
  }
  const ceiling = Math.min(MAX_BACKOFF_MS, BASE_DELAY_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * Milliseconds to wait before question `polls` (from 0) about a job: what the provider asks for, half as much again every
 * four questions, up to six times as much and a minute; a vendor that asks for more gets it, up to ten minutes. A quick job is found soon, and a long
 * one is not asked about hundreds of times.
 */
export function pollDelayMs({ pollAfterMs, polls }: { pollAfterMs: number; polls: number }): number {
  const grown = pollAfterMs * Math.min(MAX_POLL_GROWTH, 1.5 ** Math.floor(polls / 4));
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(pollAfterMs, Math.min(MAX_BACKOFF_MS, Math.round(grown))));
}
