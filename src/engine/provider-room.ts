import type { Db } from "../db/database.ts";
import type { Party } from "../db/party.ts";
import { countCallsSince, countCallsUnderWay, type ProviderPace } from "../db/provider-limit-store.ts";

/** How many calls may be made to one provider, by all workers together; null: as many as there are. */
export interface ProviderLimits {
  atOnce: number | null;
  aMinute: number | null;
}

/** How many more calls may begin at a provider now. */
export interface ProviderRoom {
  places: number;
  underWay: (Party & { calls: number })[];
  /** When there will be more, where that is known; ISO time. */
  until: string | null;
}

const MINUTE_MS = 60_000;
/** After a provider turned calls away, so often one more is allowed at once. */
const EASE_MS = 5_000;
/** So long it is spared at all. */
const SPARE_MS = 600_000;

/** Whether a provider is still spared because it turned calls away. */
export function isSpared(pace: ProviderPace, now: string): boolean {
  return isBlocked(pace, now) || slowedPlaces(pace, now) !== Infinity;
}

/** How many calls are allowed at once, blocked or not: the limit, or fewer for a while after calls were turned away. */
export function allowedAtOnce(limits: ProviderLimits, pace: ProviderPace, now: string): number {
  return Math.min(limits.atOnce ?? Infinity, slowedPlaces(pace, now));
}

/** Counts the room that there is; exact as long as the provider's pace is locked. */
export async function roomAt(
  db: Db,
  provider: string,
  { limits, pace, now }: { limits: ProviderLimits; pace: ProviderPace; now: string },
): Promise<ProviderRoom> {
  if (isBlocked(pace, now)) return { places: 0, underWay: [], until: pace.blockedUntil };
  const atOnce = allowedAtOnce(limits, pace, now);
  const lastMinute = await roomOfMinute(db, provider, { aMinute: limits.aMinute, now });
  if (atOnce === Infinity && lastMinute.places === Infinity) return { ...lastMinute, underWay: [] };
  const underWay = await countCallsUnderWay(db, provider);
  const free = atOnce - underWay.reduce((sum, { calls }) => sum + calls, 0);
  return { places: Math.min(free, lastMinute.places), underWay, until: lastMinute.until };
}

async function roomOfMinute(
  db: Db,
  provider: string,
  { aMinute, now }: { aMinute: number | null; now: string },
): Promise<{ places: number; until: string | null }> {
  if (aMinute === null) return { places: Infinity, until: null };
  const { calls, nthAt } = await countCallsSince(db, provider, {
    since: inMs(now, -MINUTE_MS),
    nth: aMinute,
  });
  return { places: aMinute - calls, until: nthAt === null ? null : inMs(nthAt, MINUTE_MS) };
}

function isBlocked({ blockedUntil }: ProviderPace, now: string): boolean {
  return blockedUntil !== null && blockedUntil > now;
}

/** Half of what was too much, and one more every few seconds after the block. */
function slowedPlaces({ slowedTo, slowedAt, blockedUntil }: ProviderPace, now: string): number {
  if (slowedTo === null || slowedAt === null || inMs(slowedAt, SPARE_MS) <= now) return Infinity;
  const start = blockedUntil !== null && blockedUntil > slowedAt ? blockedUntil : slowedAt;
  const easedMs = Math.max(0, Date.parse(now) - Date.parse(start));
  return slowedTo + Math.floor(easedMs / EASE_MS);
}

/** The time so many milliseconds after another, as columns hold it. */
export function inMs(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
