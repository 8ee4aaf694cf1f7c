import type { Step, StepKey } from "../workflow/definition.ts";
import type { StepLinks } from "../workflow/graph.ts";
import { isFinal, type StepRunStatus } from "../workflow/statuses.ts";

/** What the plan needs to know of one step run. */
export interface StepState extends StepKey {
  status: StepRunStatus;
  retryAt: string | null;
}

/** What happens next in an execution, worked out from its rows alone. */
export interface Plan {
  /** Step runs to start now, side by side. */
  ready: StepKey[];
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
  const { steps, links, runs, now } = options;
  const statuses = new Map(runs.map((run) => [run.stepNumber, run.status]));
  const onError = new Map(steps.map((step) => [step.step_number, step.on_error]));
  const hasFailed = runs.some((run) => run.status === "failed" && onError.get(run.stepNumber) === "fail");
  const plan: Plan = {
    ready: [],
    ended: [],
    nextRetryAt: null,
    rest: null,
    currentStep: 0,
  };
  for (const run of runs.toSorted((a, b) => a.stepNumber - b.stepNumber)) {
    if (run.status !== "pending") continue;
    const needed = links.find((link) => link.stepNumber === run.stepNumber)?.dependsOn ?? [];
    const neededStatuses = needed.map((stepNumber) => statuses.get(stepNumber));
    if (neededStatuses.some((status) => status !== undefined && isFinal(status) && status !== "completed")) {
      plan.ended.push({ stepNumber: run.stepNumber, item: run.item, status: "skipped" });
      statuses.set(run.stepNumber, "skipped");
    } else if (!hasFailed && neededStatuses.every((status) => status === "completed")) {
      putIn(plan, run, now);
    }
  }
  settle({ plan, runs, statuses, hasFailed });
  const unfinished = [...statuses].filter(([, status]) => !isFinal(status)).map(([stepNumber]) => stepNumber);
  plan.currentStep = unfinished.length > 0 ? Math.min(...unfinished) : steps.length;
  return plan;
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
    for (const run of runs) {
      const status = statuses.get(run.stepNumber);
      if (status !== "pending" && status !== "waiting") continue;
      const end = status === "waiting" ? "cancelled" : "skipped";
      plan.ended.push({ stepNumber: run.stepNumber, item: run.item, status: end });
      statuses.set(run.stepNumber, end);
    }
  } else if (all.has("waiting")) {
    plan.rest = "waiting";
  } else {
    // Failures that were to be lived with leave a completed execution, unless they left nothing at all.
    plan.rest = all.has("completed") ? "completed" : "failed";
  }
}
