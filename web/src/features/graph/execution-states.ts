import { isFinal, type StepRunStatus } from "../../../../src/workflow/statuses.ts";
import type { Execution, Result, StepData } from "../../api/types.ts";
import { elapsedBetween } from "../../format.ts";
import { stepProgress } from "../execution/step-progress.ts";
import type { LiveOutput } from "../execution/merge-events.ts";
import { stepNodeId, type GraphEdge } from "./graph-model.ts";

/** What a step of an execution looks like in the graph: its status, or that it was taken over and made by nobody. */
export type NodeState = StepRunStatus | "reused";

export interface StepLight {
  state: NodeState;
  /** How far it is, from 0 to 1; null where nothing says so, or it is over. */
  fraction: number | null;
  /** Of a step that runs once per item, once its list is known. */
  items: { done: number; total: number; failed: number } | null;
  /** So far; null before it has started. */
  time: string | null;
  /** Address of a picture or film that it made. */
  pictureUrl: string | null;
}

/** How the node of a step is lit. */
export function lightOf(
  step: StepData,
  { results, output, now }: { results: Execution["results"]; output: LiveOutput; now: string },
): StepLight {
  const { items_total: total, items_done: done, items_failed: failed } = step;
  const isReused = step.status === "completed" && step.reused_from !== null;
  const result = results.find(({ step_number }) => step_number === step.step_number);
  return {
    state: isReused ? "reused" : step.status,
    fraction: step.status === "running" ? (stepProgress(step, output) ?? null) : null,
    items: total === null ? null : { done: done ?? 0, total, failed: failed ?? 0 },
    time: elapsedBetween(step.started_at, isFinal(step.status) ? step.completed_at : now),
    pictureUrl: pictureOf(result),
  };
}

/** The first picture or film of a result. */
function pictureOf(result: Result | undefined): string | null {
  if (result?.type !== "image" && result?.type !== "video") {
    return null;
  }
  return result.url ?? result.items?.find(({ url }) => url !== undefined)?.url ?? null;
}

/** Whether something goes along an edge just now: what is given is there, and who is given it works. */
export function isMoving(edge: GraphEdge, steps: readonly StepData[]): boolean {
  return steps.some((step) => stepNodeId(step.step_number) === edge.target && step.status === "running");
}
