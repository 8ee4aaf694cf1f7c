import type { ArtifactStore } from "../artifacts/store.ts";
import type { Db } from "../db/database.ts";
import { listReusableResults, type ReusableResult } from "../db/reusable-results.ts";
import { getStepRun } from "../db/step-run-store.ts";
import type { StoredOutput } from "../db/stored-values.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import type { PreparedCall } from "../workflow/ports.ts";
import type { Mode } from "../workflow/statuses.ts";
import { askedFirst } from "./approval.ts";
import { advance } from "./execution-state.ts";
import { isSameStep, type HeldExecution } from "./held-execution.ts";
import type { Journal, Tenure } from "./journal.ts";
import { planExecution } from "./plan.ts";
import { copyOutput, takenOver } from "./taken-over.ts";

/**
 * `taken`: the step has its result, or is not to start any more. `none`: there is no such result, the call has to be
 * made. `fenced`: nothing may start under this epoch.
 */
export type Reuse = "taken" | "none" | "fenced";

/**
 * Takes the stored result of an identical call instead of making the call: same provider, model, parameters, prompt and
 * contents of the files that go in, made in the same mode, files still there. Nothing is reserved, and the journal of
 * attempts gets no row, since nothing is called.
 */
export async function reuseResult(
  { db, artifacts, journal }: { db: Db; artifacts: ArtifactStore; journal: Journal },
  tenure: Tenure,
  { key, call, mode }: { key: StepKey; call: PreparedCall; mode: Mode },
): Promise<Reuse> {
  const { requestHash, provider, model } = call;
  for (const found of await listReusableResults(db, { requestHash, provider, model, mode })) {
    if (!(await hasFiles(artifacts, found.output))) continue;
    const reuse = await journal.change(tenure, (held) => take(held, tenure, { key, call, found }));
    if (reuse !== "none") return reuse;
  }
  return "none";
}

async function take(
  held: HeldExecution,
  tenure: Tenure,
  { key, call, found }: { key: StepKey; call: PreparedCall; found: ReusableResult },
): Promise<Reuse> {
  const { trx, id: executionId, runs, now } = held;
  if (!held.mayStart(tenure.epoch)) return "fenced";
  const { ready } = planExecution({ ...tenure, runs, now });
  if (!ready.some((step) => isSameStep(step, key))) return "taken";
  // It may have been deleted since it was found.
  const source = await getStepRun(trx, found.executionId, found.key);
  if (!source?.output) return "none";
  const output = await copyOutput(trx, source.output, { executionId, key, now });
  if (!output) return "none";
  const { provider, model } = call;
  const step = tenure.steps.find(({ step_number }) => step_number === key.stepNumber);
  const change = {
    ...takenOver({ provider, model, liveCost: found.liveCost }, found.cost.nanoUsd, now),
    output,
    startedAt: now,
    reusedFromExecutionId: found.executionId,
    ...askedFirst(step, { status: undefined, now }),
  };
  await held.changeStep(key, change, ["pending"]);
  if (key.item !== NO_ITEM) await addSaved(held, { key, found });
  await advance(held, tenure);
  return "taken";
}

/** The row of a step holds what its items saved. */
async function addSaved(
  held: HeldExecution,
  { key, found }: { key: StepKey; found: ReusableResult },
): Promise<void> {
  const whole = { stepNumber: key.stepNumber, item: NO_ITEM };
  const row = await getStepRun(held.trx, held.id, whole);
  const savedNanoUsd = (row?.savedNanoUsd ?? 0) + (found.cost.nanoUsd ?? 0);
  await held.changeStep(whole, { savedNanoUsd, reusedFromExecutionId: found.executionId });
}

async function hasFiles(artifacts: ArtifactStore, { files }: StoredOutput): Promise<boolean> {
  for (const { hash } of files) {
    const content = await artifacts.open(hash, { start: 0, end: 0 });
    if (!content) return false;
    content.destroy();
  }
  return true;
}
