import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Execution, ExecutionSummary } from "../../api/types.ts";
import type { LiveEvent } from "./live-event.ts";

/** What the whole page says of an execution that is under way: in the rail, in the title of the tab, in a notification. */
export interface LiveRun extends Pick<
  ExecutionSummary,
  "id" | "title" | "status" | "mode" | "current_step" | "total_steps"
> {
  /** Whether it waits for a person; one that waits for a cap of the day to begin anew does not. */
  asks: boolean;
  /** Whether it asked already when this tab first heard of it: then the title of the tab leaves it alone. */
  askedBefore: boolean;
  /** The step that works, where it has a name and was heard of. */
  stepName: string | null;
}

type Known = Pick<
  ExecutionSummary,
  "id" | "title" | "status" | "mode" | "current_step" | "total_steps" | "waiting_for"
> &
  Partial<Pick<Execution, "steps_data">>;

/** @param known what the tab knows of it already. */
export function liveRunOf(execution: Known, known?: LiveRun): LiveRun {
  const { id, title, status, mode, current_step, total_steps, steps_data: steps = [] } = execution;
  const working = steps.find((step) => step.status === "running");
  return {
    id,
    title,
    status,
    mode,
    current_step,
    total_steps,
    asks: execution.waiting_for !== null,
    askedBefore: known === undefined ? execution.waiting_for !== null : known.askedBefore,
    stepName: working?.name ?? known?.stepName ?? null,
  };
}

/** The run after an event of it; the same where the event says nothing new. */
export function withEvent(run: LiveRun, { name, data }: LiveEvent): LiveRun {
  if (isFinal(run.status)) {
    return run;
  }
  if (name === "execution") {
    return {
      ...run,
      status: data.status,
      current_step: Math.max(run.current_step, data.current_step),
      total_steps: data.total_steps,
      asks: data.waiting_for !== null,
      askedBefore: run.askedBefore && data.waiting_for !== null,
    };
  }
  const begins = name === "step" && data.item === undefined && data.status === "running";
  return begins ? { ...run, stepName: data.name } : run;
}

/** What a person wants to be told of, between two moments of a run: that it ended, or waits for an answer. */
export function turnOf(before: LiveRun, after: LiveRun): "ended" | "asks" | null {
  if (isFinal(after.status) && !isFinal(before.status)) {
    return "ended";
  }
  return after.asks && !before.asks ? "asks" : null;
}

/** How many runs of each status are asked for; where there are so many, there may be more. */
export const AT_MOST = 50;

/** How many runs there are, in figures: a batch of hundreds must not look like fifty. */
export function numberOf(count: number): string {
  return count < AT_MOST ? String(count) : `${AT_MOST}+`;
}

/** How much of all runs together is done, between 0 and 1: by whole steps. */
export function doneOf(runs: readonly LiveRun[]): number {
  const total = runs.reduce((sum, run) => sum + run.total_steps, 0);
  const done = runs.reduce((sum, run) => sum + run.current_step - 1, 0);
  return total === 0 ? 0 : done / total;
}

/** What the tab is marked with: the one run that its title tells of, or how many there are. */
export type TabState =
  | { kind: "none" }
  | { kind: "several"; count: number }
  | { kind: "asks" | "running" | "ended"; run: LiveRun };

/**
 * What to say in the title of the tab. A run that waits for a person comes first, then what is on the screen.
 * @param shown ids of the executions on the screen.
 * @param ended the run that ended last, until the person goes on to something else.
 */
export function tabStateOf(
  runs: readonly LiveRun[],
  { shown, ended }: { shown: ReadonlySet<number>; ended: LiveRun | null },
): TabState {
  const asking =
    runs.find((run) => run.asks && shown.has(run.id)) ??
    runs.find(({ asks, askedBefore }) => asks && !askedBefore);
  if (asking !== undefined) {
    return { kind: "asks", run: asking };
  }
  const working = runs.filter(({ status }) => status === "running" || status === "pending");
  const onScreen = working.find(({ id }) => shown.has(id));
  if (onScreen !== undefined) {
    return { kind: "running", run: onScreen };
  }
  if (ended !== null) {
    return { kind: "ended", run: ended };
  }
  const [only] = working;
  if (only === undefined) {
    return { kind: "none" };
  }
  return working.length === 1 ? { kind: "running", run: only } : { kind: "several", count: working.length };
}
