import { randomUUID } from "node:crypto";
import type { Db, Trx } from "../db/database.ts";
import { getParty } from "../db/party.ts";
import {
  countCallsUnderWay,
  getPace,
  getTries,
  lockPace,
  markCrowdedOut,
  setPace,
} from "../db/provider-limit-store.ts";
import { endWait, endWaitsOf, keepWait, listWaits, renewWaits } from "../db/provider-wait-store.ts";
import type { Writer } from "../db/writer.ts";
import type { StepKey } from "../workflow/definition.ts";
import {
  allowedAtOnce,
  inMs,
  isSpared,
  roomAt,
  type ProviderLimits,
  type ProviderRoom,
} from "./provider-room.ts";
import { shareOut, type Turn } from "./turns.ts";

/** How often a process says that it still waits, and looks unasked: for what a dead one left, and a lost message. */
const RENEW_MS = 3_000;
/** A wait that was not renewed for so long holds nobody up. */
export const WAIT_ALIVE_MS = 8_000;
const FORGET_MS = 60_000;
/** So long it is taken for granted that nobody waits for a provider that has turned no call away. */
const UNPACED_MS = 1_000;
/** So often may a call of one step be turned away beside others before each time counts as a try. */
const MAX_CROWDED_OUT = 20;

/** A step run that waits here, and what to do when it is its turn. */
interface Waiter {
  executionId: number;
  key: StepKey;
  provider: string;
  onTurn: () => void;
}

/** A call that asks for a place. */
export interface PlaceRequest {
  executionId: number;
  key: StepKey;
  provider: string;
  now: string;
}

/**
 * The places at providers, which all workers share: at most so many calls at once and a minute, in fair turns, and none while a
 * provider turns calls away. What counts is in the rows, under the lock of the provider's; who waits is woken in this process
 * at once and in others by a message, and looks by itself every few seconds in case none came.
 */
export class Places {
  /** Names this process in the rows of who waits. */
  readonly worker = randomUUID();
  readonly #db: Db;
  readonly #writer: Writer;
  readonly #limitsOf: (provider: string) => ProviderLimits | null;
  readonly #announce: (turn: Turn) => void;
  readonly #onError: (error: unknown) => void;
  readonly #now: () => Date;
  readonly #waiters = new Set<Waiter>();
  /** Providers that are about to be looked at, and whether for other processes too. */
  readonly #asked = new Map<string, { isForAll: boolean }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Providers that had not turned a call away yet when they were last looked at, and until when that is believed. */
  readonly #unpacedUntil = new Map<string, number>();
  #renewal: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: {
    db: Db;
    writer: Writer;
    /** Null: a provider that takes all. */
    limitsOf: (provider: string) => ProviderLimits | null;
    /** Tells the other processes whose turn it is. */
    announce: (turn: Turn) => void;
    onError: (error: unknown) => void;
    now: () => Date;
  }) {
    this.#db = options.db;
    this.#writer = options.writer;
    this.#limitsOf = options.limitsOf;
    this.#announce = options.announce;
    this.#onError = options.onError;
    this.#now = options.now;
  }

  /**
   * Whether a call may begin, in the transaction that then opens its attempt. Where it may not, its wait is noted: `isNew`
   * where it has only just begun.
   */
  async take(trx: Trx, request: PlaceRequest): Promise<{ isFree: true } | { isFree: false; isNew: boolean }> {
    const { executionId, key, provider, now } = request;
    const limits = this.#limitsOf(provider);
    if (!limits) return { isFree: true };
    const isLimited = limits.atOnce !== null || limits.aMinute !== null;
    if (!isLimited) {
      const known = await getPace(trx, provider);
      if (!known) return { isFree: true };
      if (!isSpared(known, now)) {
        await endWait(trx, executionId, key);
        return { isFree: true };
      }
    }
    const pace = await lockPace(trx, provider);
    const room = await roomAt(trx, provider, { limits, pace, now });
    if (room.places > 0 && (await this.#isTurnOf(trx, request, room))) {
      await endWait(trx, executionId, key);
      return { isFree: true };
    }
    const { worker } = this;
    return { isFree: false, isNew: await keepWait(trx, { executionId, key, provider, worker, now }) };
  }

  /** Somebody else may have waited longer, or have less under way. */
  async #isTurnOf(
    trx: Trx,
    { executionId, provider, now }: PlaceRequest,
    room: Pick<ProviderRoom, "places" | "underWay">,
  ): Promise<boolean> {
    const waiting = await listWaits(trx, provider, inMs(now, -WAIT_ALIVE_MS));
    if (waiting.every((wait) => wait.executionId === executionId)) return true;
    if (!waiting.some((wait) => wait.executionId === executionId)) {
      waiting.push({ ...(await getParty(trx, executionId)), steps: 1, since: now, worker: this.worker });
    }
    return shareOut({ ...room, provider, waiting }).some((turn) => turn.executionId === executionId);
  }

  /**
   * Slows every worker down because a vendor turned a call away, in the transaction that settles it; says what becomes of its
   * step. Where others of Relais were out at the same time, the call does not count as a try of its step: its neighbours
   * may have used up what the vendor allows.
   */
  async turnAway(
    trx: Trx,
    call: {
      provider: string;
      attempt: { id: string; number: number };
      /** Calls of its step that asked for something else. */
      callsBefore: number;
      maxAttempts: number;
      /** After which the call may be made again, by what the vendor says. */
      delayMs: number;
      now: string;
    },
  ): Promise<{ state: "failed" } | { state: "retry"; retryAt: string }> {
    const { provider, attempt, callsBefore, maxAttempts, now } = call;
    const tries = attempt.number - callsBefore;
    const retryAt = inMs(now, call.delayMs);
    const limits = this.#limitsOf(provider);
    if (!limits) return tries < maxAttempts ? { state: "retry", retryAt } : { state: "failed" };
    const pace = await lockPace(trx, provider);
    const { createdAt, crowdedOut } = await getTries(trx, attempt.id, callsBefore);
    const others = (await countCallsUnderWay(trx, provider)).reduce((sum, { calls }) => sum + calls, 0);
    // It had left before the last slow-down: one wave of calls that are turned away slows down once.
    const isOfSameWave = pace.slowedAt !== null && createdAt <= pace.slowedAt;
    const blockedUntil = latest(pace.blockedUntil, retryAt);
    const allowed = Math.min(allowedAtOnce(limits, pace, now), others + 1);
    const slowed = { slowedTo: Math.max(1, Math.floor(allowed / 2)), slowedAt: now };
    await setPace(trx, provider, { ...pace, ...(!isOfSameWave && slowed), blockedUntil });
    if ((others > 0 || isOfSameWave) && crowdedOut < MAX_CROWDED_OUT) {
      await markCrowdedOut(trx, attempt.id);
      return { state: "retry", retryAt: blockedUntil };
    }
    const hasTriesLeft = tries - crowdedOut < maxAttempts;
    return hasTriesLeft ? { state: "retry", retryAt: blockedUntil } : { state: "failed" };
  }

  /** Calls `onTurn` once, when the step run may try again, unless the wait is dropped before. */
  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
    this.#unpacedUntil.delete(waiter.provider);
    this.#renewal ??= setInterval(() => this.#renew(), RENEW_MS);
    // A place may have become free while the wait was being written.
    this.#look(waiter.provider, { isForAll: false });
  }

  /** The step run does not want a place any more. */
  async drop(executionId: number, key: StepKey): Promise<void> {
    this.#forget((waiter) => waiter.executionId === executionId && isSameStep(waiter.key, key));
    await this.#writer.stage((trx) => endWait(trx, executionId, key));
  }

  /** Nothing of the execution is worked on here any more. */
  async leave(executionId: number): Promise<void> {
    this.#forget((waiter) => waiter.executionId === executionId);
    await this.#writer.stage((trx) => endWaitsOf(trx, executionId, this.worker));
  }

  /** A call to the provider has ended: somebody may have its place. */
  freed(provider: string): void {
    this.#look(provider, { isForAll: true });
  }

  /** Hears from another process whose turn it is. */
  receive(turn: Turn): void {
    if (turn.worker === this.worker) this.#give(turn);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#renewal);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #give({ executionId, provider, places }: Turn): void {
    const waiters = [...this.#waiters].filter(
      (waiter) => waiter.executionId === executionId && waiter.provider === provider,
    );
    for (const waiter of waiters.slice(0, places)) {
      this.#waiters.delete(waiter);
      waiter.onTurn();
    }
  }

  #forget(isMeant: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#waiters) if (isMeant(waiter)) this.#waiters.delete(waiter);
  }

  get #awaited(): Set<string> {
    return new Set([...this.#waiters].map(({ provider }) => provider));
  }

  #renew(): void {
    const now = this.#now().toISOString();
    const { worker } = this;
    const awaited = this.#awaited;
    if (awaited.size === 0) {
      clearInterval(this.#renewal);
      this.#renewal = undefined;
      return;
    }
    const deadSince = inMs(now, -FORGET_MS);
    this.#writer
      .stage((trx) => renewWaits(trx, { worker, now, deadSince }))
      .then((renewed) => this.#askAgainIfForgotten(renewed))
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        for (const provider of awaited) this.#look(provider, { isForAll: false });
      });
  }

  /** This process was taken for dead, so that nobody would give it a turn any more: what waits here asks anew. */
  #askAgainIfForgotten(renewed: number): void {
    if (renewed >= this.#waiters.size) return;
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      waiter.onTurn();
    }
  }

  /** Looks soon, once for all that ask meanwhile. */
  #look(provider: string, { isForAll }: { isForAll: boolean }): void {
    if (this.#isStopped || !this.#limitsOf(provider)) return;
    const asked = this.#asked.get(provider);
    if (asked) {
      asked.isForAll ||= isForAll;
      return;
    }
    this.#asked.set(provider, { isForAll });
    setImmediate(() => {
      const isNowForAll = this.#asked.get(provider)?.isForAll ?? false;
      this.#asked.delete(provider);
      this.#offer(provider, isNowForAll).catch((error: unknown) => this.#report(error));
    });
  }

  /** Gives free places to whose turn it is; each asks for it again under the lock. */
  async #offer(provider: string, isForAll: boolean): Promise<void> {
    const limits = this.#limitsOf(provider);
    if (!limits || this.#isStopped || performance.now() < (this.#unpacedUntil.get(provider) ?? 0)) return;
    const pace = await getPace(this.#db, provider);
    if (!pace) {
      this.#unpacedUntil.set(provider, performance.now() + UNPACED_MS);
      return;
    }
    const now = this.#now().toISOString();
    const waiting = await listWaits(this.#db, provider, inMs(now, -WAIT_ALIVE_MS));
    if (waiting.length === 0) return;
    const room = await roomAt(this.#db, provider, { limits, pace, now });
    for (const turn of shareOut({ ...room, provider, waiting })) {
      if (turn.worker === this.worker) this.#give(turn);
      else if (isForAll) this.#announce(turn);
    }
    if (room.until !== null && this.#awaited.has(provider)) this.#lookAt(provider, room.until);
  }

  /** What fails now is done again in a few seconds; when all is closed it does not matter. */
  #report(error: unknown): void {
    if (!this.#isStopped) this.#onError(error);
  }

  #lookAt(provider: string, time: string): void {
    clearTimeout(this.#timers.get(provider));
    if (this.#isStopped) return;
    const delayMs = Math.max(0, Date.parse(time) - this.#now().getTime()) + 1;
    const look = (): void => this.#look(provider, { isForAll: false });
    this.#timers.set(provider, setTimeout(look, delayMs));
  }
}

function latest(one: string | null, other: string): string {
  return one !== null && one > other ? one : other;
}

function isSameStep(one: StepKey, other: StepKey): boolean {
  return one.stepNumber === other.stepNumber && one.item === other.item;
}
