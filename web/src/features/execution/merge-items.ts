import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Execution, ItemData, ItemResult, Result, StepData, StepEvent } from "../../api/types.ts";

/** Merges what happens to the items of a step that runs once per item of a list. */

/** The event of one item. Nothing of an item that is done is undone by old news. */
export function mergeItemEvent(execution: Execution, event: StepEvent & { item: number }): Execution {
  const step = execution.steps_data.find((data) => data.step_number === event.step_number);
  if (step === undefined) {
    return execution;
  }
  const items = withPlaces(step, event.item + 1);
  const known = items[event.item];
  if (known?.status === "completed" || (known !== undefined && known.attempts > event.attempts)) {
    return execution;
  }
  const { item, status, attempts, model, performed_by, started_at, completed_at } = event;
  const { cost, cost_basis, error, reused_from, saved_usd, decide_by, repaired } = event;
  const next: ItemData = {
    item,
    status,
    attempts,
    model,
    performed_by,
    started_at,
    completed_at,
    cost,
    cost_basis,
    error,
    reused_from,
    saved_usd,
    decide_by,
    repaired,
    waiting_for: event.item_waiting_for ?? null,
  };
  const changed: StepData = { ...step, items: items.with(item, next) };
  return {
    ...execution,
    steps_data: execution.steps_data.map((data) => (data === step ? changed : data)),
    results:
      event.result === null ? execution.results : withItemResult(execution.results, item, event.result),
  };
}

/** The event of a step as a whole, with the items that are known of it; what ends the step ends those that are left. */
export function withKnownItems(known: StepData | undefined, next: StepData): StepData {
  if (next.items_total === null) {
    return next;
  }
  const items = withPlaces({ ...next, items: known?.items ?? null }, next.items_total);
  if (!isFinal(next.status)) {
    return { ...next, items };
  }
  return { ...next, items: items.map(ended) };
}

/** Whether an event of a step tells of fewer items done than are known to be. */
export function isBehind(known: StepData, next: StepData): boolean {
  return (known.items_done ?? 0) > (next.items_done ?? 0);
}

/** The result of a step, with what its items are known to have made. */
export function withKnownResults(known: Result | undefined, next: Result): Result {
  return next.items === undefined && known?.items !== undefined ? { ...next, items: known.items } : next;
}

function ended(item: ItemData): ItemData {
  if (isFinal(item.status)) {
    return item;
  }
  return { ...item, status: item.status === "pending" ? "skipped" : "cancelled", waiting_for: null };
}

/** The items of a step, at least so many. */
function withPlaces(step: StepData, count: number): ItemData[] {
  const known = step.items ?? [];
  const missing = Math.max(count, step.items_total ?? 0) - known.length;
  const places = Array.from({ length: Math.max(0, missing) }, (_, index) =>
    pendingItem(known.length + index),
  );
  return [...known, ...places];
}

function pendingItem(item: number): ItemData {
  return {
    item,
    status: "pending",
    attempts: 0,
    model: null,
    performed_by: null,
    started_at: null,
    completed_at: null,
    cost: null,
    cost_basis: "free",
    error: null,
    reused_from: null,
    saved_usd: null,
    decide_by: null,
    repaired: false,
    waiting_for: null,
  };
}

function withItemResult(results: Result[], item: number, result: Result): Result[] {
  const { step_number, name, items: _, ...content } = result;
  const made: ItemResult = { item, ...content };
  const whole = results.find((other) => other.step_number === step_number);
  const items = [...(whole?.items ?? []).filter((other) => other.item !== item), made].toSorted(
    (a, b) => a.item - b.item,
  );
  const next: Result = whole === undefined ? { ...content, step_number, name, items } : { ...whole, items };
  return [...results.filter((other) => other !== whole), next].toSorted(
    (a, b) => a.step_number - b.step_number,
  );
}
