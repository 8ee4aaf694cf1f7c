import { isFinal, type ExecutionStatus, type StepRunStatus } from "../../../../src/workflow/statuses.ts";
import type {
  Execution,
  ExecutionEvent,
  ProgressEvent,
  Result,
  StepData,
  StepEvent,
  TextEvent,
} from "../../api/types.ts";
import { isBehind, mergeItemEvent, withKnownItems, withKnownResults } from "./merge-items.ts";

/**
 * Merges live events into what is known of an execution. Events replay from the start when a page is opened again, so
 * every rule here only ever moves forward: old news never undoes what is already on the screen.
 */

/** Output of steps and items that are at work: text as it is written and how far they are (0 to 1), by `liveKey`. */
export interface LiveOutput {
  texts: Record<string, string>;
  fractions: Record<string, number>;
}

/** Where the live output of a step is, or that of one of its items. */
export function liveKey(place: { step_number: number; item?: number | undefined }): string {
  return place.item === undefined ? String(place.step_number) : `${place.step_number}/${place.item}`;
}

export const NO_OUTPUT: LiveOutput = { texts: {}, fractions: {} };

export function mergeExecutionEvent(execution: Execution, event: ExecutionEvent): Execution {
  if (isFinal(execution.status) && !isFinal(event.status)) {
    return execution;
  }
  const { execution_id: _, ...changes } = event;
  return {
    ...execution,
    ...changes,
    status: laterStatus(execution.status, event.status),
    current_step: Math.max(execution.current_step, event.current_step),
    total_cost: Math.max(execution.total_cost, event.total_cost),
  };
}

export function mergeStepEvent(execution: Execution, event: StepEvent): Execution {
  const { execution_id: _, result, item, item_waiting_for: _waiting, ...step } = event;
  if (item !== undefined) {
    return mergeItemEvent(execution, { ...event, item });
  }
  const known = execution.steps_data.find((data) => data.step_number === step.step_number);
  if (known !== undefined && isOldNews(known, step)) {
    return execution;
  }
  return {
    ...execution,
    steps_data: inStepOrder(execution.steps_data, withKnownItems(known, step)),
    results: result === null ? execution.results : withResult(execution.results, result),
  };
}

/** Replaces what follows the event's offset. A gap means that earlier text was missed: the event is left out. */
export function mergeTextEvent(output: LiveOutput, event: TextEvent): LiveOutput {
  const key = liveKey(event);
  const known = output.texts[key] ?? "";
  if (event.offset > known.length) {
    return output;
  }
  return {
    ...output,
    texts: { ...output.texts, [key]: known.slice(0, event.offset) + event.text },
  };
}

export function mergeProgressEvent(output: LiveOutput, event: ProgressEvent): LiveOutput {
  const fraction = Math.min(1, Math.max(0, event.fraction));
  return { ...output, fractions: { ...output.fractions, [liveKey(event)]: fraction } };
}

/** Which of two answers to show: one that was under way when the execution ended never undoes the end. */
export function newerOf(known: Execution | undefined, answer: Execution): Execution {
  return known !== undefined && isFinal(known.status) && !isFinal(answer.status) ? known : answer;
}

function laterStatus(known: ExecutionStatus, next: ExecutionStatus): ExecutionStatus {
  return next === "pending" ? known : next;
}

const RANK: Record<StepRunStatus, number> = {
  pending: 0,
  running: 1,
  waiting: 1,
  failed: 2,
  cancelled: 2,
  skipped: 2,
  completed: 3,
};

/** A finished step is never run again; anything else may move back only with a new attempt. */
function isOldNews(known: StepData, next: StepData): boolean {
  if (known.status === "completed") {
    return next.status !== "completed";
  }
  return (
    isBehind(known, next) ||
    next.attempts < known.attempts ||
    (next.attempts === known.attempts && RANK[next.status] < RANK[known.status])
  );
}

function withResult(results: Result[], result: Result): Result[] {
  const known = results.find((other) => other.step_number === result.step_number);
  return inStepOrder(results, withKnownResults(known, result));
}

function inStepOrder<Item extends { step_number: number }>(items: Item[], item: Item): Item[] {
  return [...items.filter((other) => other.step_number !== item.step_number), item].toSorted(
    (a, b) => a.step_number - b.step_number,
  );
}
