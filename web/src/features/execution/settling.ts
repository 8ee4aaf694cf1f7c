import type { Execution, ExecutionSummary, ItemData, StepData } from "../../api/types.ts";

/**
 * After a cancel a call that was already out goes on at its vendor. The server stores what it gives and costs when it
 * ends, after the last event of the stream may have gone.
 */

const OFTEN_MS = 2_000;
const SELDOM_MS = 15_000;
const OFTEN_FOR_MS = 120_000;
/** A call that has not ended by then is not spoken of as ending. */
const ENDING_FOR_MS = 900_000;

type Ended = Pick<ExecutionSummary, "status" | "cost_basis" | "completed_at">;

/** Whether the cost of a cancelled execution may still become known. */
export function isSettling(execution: Ended): boolean {
  return execution.status === "cancelled" && execution.cost_basis === "unknown";
}

/** How long to wait before the execution is asked about again; false where nothing more is to come. */
export function settlingPollMs(execution: Ended, nowMs: number): number | false {
  if (!isSettling(execution)) {
    return false;
  }
  return msSinceEnd(execution, nowMs) < OFTEN_FOR_MS ? OFTEN_MS : SELDOM_MS;
}

/** Whether a call is likely to be out still; one whose answer was lost is not, its step says so. */
export function hasCallOut(execution: Execution, nowMs: number): boolean {
  const isOut = execution.steps_data.some((step) => {
    const result = execution.results.find((other) => other.step_number === step.step_number);
    if (step.items !== null) {
      return step.items.some(
        (item) => isCutShort(item) && !result?.items?.some((made) => made.item === item.item),
      );
    }
    return isCutShort(step) && result === undefined;
  });
  return isOut && isSettling(execution) && msSinceEnd(execution, nowMs) < ENDING_FOR_MS;
}

function isCutShort({ status, attempts, error }: StepData | ItemData): boolean {
  return status === "cancelled" && attempts > 0 && error === null;
}

function msSinceEnd({ completed_at: end }: Ended, nowMs: number): number {
  return end === null ? 0 : nowMs - Date.parse(end);
}
