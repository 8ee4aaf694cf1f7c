import { isFinal, type ExecutionStatus } from "../../../../src/workflow/statuses.ts";
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
 * Merges live events into what is known of an execution. Events whose number is known already do not come this far; but
 * an answer of the server may tell more than its number says, so every rule here only ever moves forward: old news never
 * undoes what is already on the screen.
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

/**
 * What to show after an answer of the server: one from before an event that is known already brings only what no event
 * carries, such as the caps.
 */
export function newerOf(known: Execution | undefined, answer: Execution): Execution {
  if (known === undefined || answer.last_event >= known.last_event) {
    return answer;
  }
  const { status, current_step, total_steps, total_cost, cost_basis, waiting_for, error_message } = known;
  const { started_at, completed_at, steps_data, results, last_event } = known;
  return {
    ...answer,
    status,
    current_step,
    total_steps,
    total_cost,
    cost_basis,
    waiting_for,
    error_message,
    started_at,
    completed_at,
    steps_data,
    results,
    last_event,
  };
}

function laterStatus(known: ExecutionStatus, next: ExecutionStatus): ExecutionStatus {
  return next === "pending" ? known : next;
}

/** A completed step is never run again; one that ended otherwise only with a new attempt. */
function isOldNews(known: StepData, next: StepData): boolean {
  if (known.status === "completed") {
    return next.status !== "completed";
  }
  return (
    isBehind(known, next) ||
    next.attempts < known.attempts ||
    (next.attempts === known.attempts && isFinal(known.status) && !isFinal(next.status))
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
