import { listFamily, listFamilyRuns, type FamilyRun } from "../db/family-store.ts";
import type { ExecutionRow } from "../db/execution-store.ts";
import { savedBy } from "../engine/taken-over.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import type { Value } from "../workflow/values.ts";
import type { AppDependencies } from "./dependencies.ts";
import { distinctTakes, type DistinctTake } from "./distinct-takes.ts";
import { viewResult } from "./execution-view.ts";
import type { Take } from "./take-schemas.ts";

/** What a family has made of one step of an execution, or of one item of it: newest first, each once. */
export async function listTakes(
  { db, registry }: Pick<AppDependencies, "db" | "registry">,
  execution: ExecutionRow,
  { key, itemValue }: { key: StepKey; itemValue: Value | null },
): Promise<(Take & { id: number })[]> {
  const step = execution.steps.find(({ step_number }) => step_number === key.stepNumber);
  const runs = await listFamilyRuns(db, await listFamily(db, execution), key);
  return distinctTakes(runs.filter((run) => isSamePlace(run, { key, itemValue }))).map((take) =>
    viewTake(take, { execution, step, catalogue: registry }),
  );
}

/** A place in a list is the same only while the item is; and a take of one item has no list of its own. */
function isSamePlace(
  { step, onlyStep, run }: FamilyRun,
  { key, itemValue }: { key: StepKey; itemValue: Value | null },
): boolean {
  if (key.item === NO_ITEM) return step.for_each === null || onlyStep !== key.stepNumber;
  return JSON.stringify(run.itemValue) === JSON.stringify(itemValue);
}

function viewTake(
  { made, heldBy }: DistinctTake,
  {
    execution,
    step,
    catalogue,
  }: { execution: ExecutionRow; step: Step | undefined; catalogue: ModelCatalogue },
): Take & { id: number } {
  const { executionId, run, onlyStep } = made;
  const cost = savedBy(run);
  const isUnderWay = run.output === null;
  return {
    id: executionId,
    execution_id: executionId,
    status: run.status,
    waiting_reason: run.waitingReason,
    model: modelOf(made, { mode: execution.mode, catalogue }),
    prompt: made.step.prompt === step?.prompt ? null : made.step.prompt,
    parameters: isSame(made.step.parameters, step?.parameters) ? null : made.step.parameters,
    result: viewResult(run, made.step),
    cost: cost === null || isUnderWay ? null : nanoUsdToUsd(cost),
    seconds: secondsBetween(run),
    is_present: heldBy.includes(execution.id),
    is_comparison: onlyStep === made.step.step_number,
  };
}

/** A rehearsal stands in for the model that the step names. */
function modelOf(
  { step, run }: FamilyRun,
  { mode, catalogue }: { mode: ExecutionRow["mode"]; catalogue: ModelCatalogue },
): string | null {
  if (run.performedBy === "person") return null;
  const named = catalogue.resolve(step.ai_provider)?.id ?? step.ai_provider;
  return mode === "rehearsal" ? named : (run.model ?? named);
}

/** What was taken over was not made where it is now. */
function secondsBetween({ performedBy, startedAt, completedAt }: FamilyRun["run"]): number | null {
  if (performedBy === "cache" || startedAt === null || completedAt === null) return null;
  return Math.max(0, (Date.parse(completedAt) - Date.parse(startedAt)) / 1_000);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
