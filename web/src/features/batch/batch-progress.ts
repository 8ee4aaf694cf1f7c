import { isFinal, type ExecutionStatus } from "../../../../src/workflow/statuses.ts";
import type { BatchRowWire, BatchState } from "../../api/types.ts";

/** Fewer rows than this say nothing about the others. */
const ENOUGH_ROWS = 3;

/** How many rows have ended, of all that are there. */
export function doneOf({ counts }: Pick<BatchState, "counts">): { done: number; total: number } {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { done: counts.completed + counts.failed + counts.cancelled, total };
}

/** How long the rest is likely to take, as fast as rows have ended so far; null while that cannot be said. */
export function timeLeftMs(rows: readonly BatchRowWire[], now: string): number | null {
  const begun = rows.flatMap(({ started_at: startedAt }) =>
    startedAt === null ? [] : [Date.parse(startedAt)],
  );
  const ended = rows.filter(({ status, started_at: startedAt }) => isFinal(status) && startedAt !== null);
  const left = rows.filter(({ status }) => status === "pending" || status === "running");
  if (ended.length < ENOUGH_ROWS || left.length === 0) return null;
  const elapsedMs = Date.parse(now) - begun.reduce((first, time) => Math.min(first, time), Infinity);
  return (Math.max(0, elapsedMs) / ended.length) * left.length;
}

/** What the list of rows may be cut down to. */
export const ROW_FILTERS = ["all", "underWay", "waiting", "failed", "completed"] as const;
export type RowFilter = (typeof ROW_FILTERS)[number];

const STATUSES: Record<Exclude<RowFilter, "all">, readonly ExecutionStatus[]> = {
  underWay: ["pending", "running"],
  waiting: ["waiting"],
  failed: ["failed", "cancelled"],
  completed: ["completed"],
};

export function isShown({ status }: Pick<BatchRowWire, "status">, filter: RowFilter): boolean {
  return filter === "all" || STATUSES[filter].includes(status);
}

/** How many rows each filter shows. */
export function countOf({ counts }: Pick<BatchState, "counts">, filter: RowFilter): number {
  if (filter === "all") return doneOf({ counts }).total;
  return STATUSES[filter].reduce((sum, status) => sum + counts[status], 0);
}
