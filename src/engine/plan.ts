import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import type { StepLinks } from "../workflow/graph.ts";
import { isFinal, type StepRunStatus, type WaitingReason } from "../workflow/statuses.ts";
import { itemsByStep } from "./items.ts";

/** What the plan needs to know of one step run. */
export interface StepState extends StepKey {
  status: StepRunStatus;
  retryAt: string | null;
  waitingReason: WaitingReason | null;
}

/** What happens next in an execution, worked out from its rows alone. */
export interface Plan {
  /**
   * Step runs to start now, side by side. Of a step that runs once per item: first the step itself, to lay out its items,
   * then these, in their order, so many that no more than `max_parallel` are under way.
   */
  ready: StepKey[];
  /** Steps whose items have all ended: their list is to be put together, and then planned again. */
  gathered: number[];
  /** Step runs that will never run, and what becomes of them. */
  ended: (StepKey & { status: "skipped" | "cancelled" })[];
  /** The earliest time at which something that is put off becomes ready; null where nothing is. */
  nextRetryAt: string | null;
  /** The state in which the execution comes to rest; null while there is something to do or under way. */
  rest: "completed" | "failed" | "waiting" | null;
  /** The lowest step that is not finished; the number of steps at the end. */
  currentStep: number;
}

/**
 * Plans an execution. `running` step runs are under way somewhere; the caller has put right what a crash left behind.
 * No clock and no I/O: `now` is an ISO time.
 */
export function planExecution(options: {
  steps: readonly Step[];
  links: readonly StepLinks[];
  runs: readonly StepState[];
  now: string;
}): Plan {
  const { steps, links, now } = options;
  const runs = options.runs.filter(({ item }) => item === NO_ITEM);
  const items = itemsByStep(options.runs);
  const statuses = new Map(runs.map((run) => [run.stepNumber, run.status]));
  const onError = new Map(steps.map((step) => [step.step_number, step.on_error]));
  const hasFailed = runs.some((run) => run.status === "failed" && onError.get(run.stepNumber) === "fail");
  const plan: Plan = {
    ready: [],
    gathered: [],
    ended: [],
    nextRetryAt: null,
    rest: null,
    currentStep: 0,
  };
  for (const run of runs.toSorted((a, b) => a.stepNumber - b.stepNumber)) {
    const own = items.get(run.stepNumber);
    if (own && !isFinal(run.status)) {
      const maxParallel = steps.find(({ step_number }) => step_number === run.stepNumber)?.for_each
        ?.max_parallel;
      const isHeld = hasFailed || run.waitingReason !== null;
      statuses.set(run.stepNumber, planItems(plan, own, { run, maxParallel: maxParallel ?? 1, isHeld, now }));
      continue;
    }
    if (run.status !== "pending") continue;
    const neededStatuses = statusesOfNeeded(
      links.find((link) => link.stepNumber === run.stepNumber),
      statuses,
    );
    if (neededStatuses.some((status) => status !== undefined && isFinal(status) && status !== "completed")) {
      plan.ended.push({ stepNumber: run.stepNumber, item: run.item, status: "skipped" });
      statuses.set(run.stepNumber, "skipped");
    } else if (!hasFailed && neededStatuses.every((status) => status === "completed")) {
      putIn(plan, run, now);
    }
  }
  settle({ plan, runs: [...runs, ...[...items.values()].flat()], statuses, hasFailed });
  const unfinished = [...statuses].filter(([, status]) => !isFinal(status)).map(([stepNumber]) => stepNumber);
  plan.currentStep = unfinished.length > 0 ? Math.min(...unfinished) : steps.length;
  return plan;
}

/** The states of the steps that one depends on; of what only has to be over, any end counts as a good one. */
function statusesOfNeeded(
  link: StepLinks | undefined,
  statuses: ReadonlyMap<number, StepRunStatus>,
): (StepRunStatus | undefined)[] {
  const { dependsOn = [], endedOnly = [] } = link ?? {};
  return dependsOn.map((stepNumber) => {
    const status = statuses.get(stepNumber);
    const isOver = status !== undefined && isFinal(status) && endedOnly.includes(stepNumber);
    return isOver ? "completed" : status;
  });
}

/**
 * Puts in the items that can start, and gives the state of their step. An item that has failed, or waits for a person to
 * say whether to buy it again, does not keep the others; one that does not fit under the cap does, since they would not
 * fit either.
 */
function planItems(
  plan: Plan,
  items: readonly StepState[],
  options: { run: StepState; maxParallel: number; isHeld: boolean; now: string },
): StepRunStatus {
  const { run, maxParallel, isHeld, now } = options;
  const underWay = items.filter(({ status }) => status === "running").length;
  const isCapped = items.some(({ status, waitingReason }) => status === "waiting" && waitingReason === "cap");
  const before = plan.ready.length;
  if (!isHeld && !isCapped) {
    for (const item of items) {
      if (underWay + plan.ready.length - before >= maxParallel) break;
      if (item.status === "pending") putIn(plan, item, now);
    }
  }
  if (items.every(({ status }) => isFinal(status))) {
    // What a person is still to say of the whole is not for the items to end.
    if (run.waitingReason !== null) return "waiting";
    plan.gathered.push(run.stepNumber);
    return "running";
  }
  if (underWay > 0) return "running";
  return items.some(({ status }) => status === "waiting") ? "waiting" : "pending";
}

function putIn(plan: Plan, run: StepState, now: string): void {
  if (run.retryAt === null || run.retryAt <= now) {
    plan.ready.push({ stepNumber: run.stepNumber, item: run.item });
  } else if (plan.nextRetryAt === null || run.retryAt < plan.nextRetryAt) {
    plan.nextRetryAt = run.retryAt;
  }
}

/** Decides whether the execution comes to rest, and ends what then will never run. */
function settle(options: {
  plan: Plan;
  runs: readonly StepState[];
  statuses: Map<number, StepRunStatus>;
  hasFailed: boolean;
}): void {
  const { plan, runs, statuses, hasFailed } = options;
  const all = new Set(statuses.values());
  if (plan.ready.length > 0 || plan.nextRetryAt !== null || all.has("running")) return;
  if (hasFailed) {
    plan.rest = "failed";
    for (const run of runs.filter(({ status }) => !isFinal(status))) {
      // A step whose items were begun is broken off; one that was skipped above is not ended twice.
      const isEnded = plan.ended.some((end) => end.stepNumber === run.stepNumber && end.item === run.item);
      if (isEnded) continue;
      const end = run.status === "pending" ? "skipped" : "cancelled";
      plan.ended.push({ stepNumber: run.stepNumber, item: run.item, status: end });
      if (run.item === NO_ITEM) statuses.set(run.stepNumber, end);
    }
  } else if (all.has("waiting")) {
    plan.rest = "waiting";
  } else {
    // Failures that were to be lived with leave a completed execution, unless they left nothing at all.
    plan.rest = all.has("completed") ? "completed" : "failed";
  }
}
