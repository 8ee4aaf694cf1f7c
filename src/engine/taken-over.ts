import { copyArtifact } from "../db/artifact-store.ts";
import type { Trx } from "../db/database.ts";
import { getStepRun, insertStepRuns, type StepRunChange, type StepRunRow } from "../db/step-run-store.ts";
import type { StoredFile, StoredOutput } from "../db/stored-values.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { changeStep } from "./execution-state.ts";

/** What an execution takes over when it is made from an earlier one. */
export interface RerunOrigin {
  executionId: number;
  /** The step that was asked for; null where none was. */
  fromStep: number | null;
  /** Results that are kept. */
  kept: StepKey[];
  /** Results that a person gives; their files are uploads. */
  replaced: { key: StepKey; output: StoredOutput }[];
}

/** Where a result is put. */
interface Place {
  executionId: number;
  key: StepKey;
  now: string;
}

/**
 * Writes the results that a new execution begins with, its step runs being there already.
 * @throws RelaisError `conflict` where a result or file is gone by now.
 */
export async function takeOverResults(
  trx: Trx,
  { executionId, origin, now }: { executionId: number; origin: RerunOrigin; now: string },
): Promise<void> {
  const keys = [...origin.kept, ...origin.replaced.map(({ key }) => key)];
  const items = keys.filter(({ item }) => item !== NO_ITEM);
  if (items.length > 0) await insertStepRuns(trx, executionId, items);
  for (const key of origin.kept) {
    const row = await getStepRun(trx, origin.executionId, key);
    const change = row && (await changeOf(trx, row, { executionId, key, now }));
    if (!change) throw goneMeanwhile(origin.executionId);
    const reusedFromExecutionId = origin.executionId;
    await changeStep(trx, { executionId, key, change: { ...change, reusedFromExecutionId }, now });
  }
  for (const { key, output } of origin.replaced) {
    const copy = await copyOutput(trx, output, { executionId, key, now });
    if (!copy) throw goneMeanwhile(origin.executionId);
    const change = { status: "completed" as const, performedBy: "person", output: copy, completedAt: now };
    await changeStep(trx, { executionId, key, change, now });
  }
}

/** The step run of a result that is taken over from another; null where it, or a file of it, is gone. */
async function changeOf(trx: Trx, row: StepRunRow, place: Place): Promise<StepRunChange | null> {
  if (row.status !== "completed" || !row.output) return null;
  const output = await copyOutput(trx, row.output, place);
  return output && { ...takenOver(row, savedBy(row), place.now), output };
}

/** What a step run says of a result that was not bought again. */
export function takenOver(
  row: Pick<StepRunRow, "provider" | "model" | "liveCost">,
  savedNanoUsd: NanoUsd | null,
  now: string,
): StepRunChange {
  const { provider, model, liveCost } = row;
  return {
    status: "completed",
    provider,
    model,
    performedBy: "cache",
    liveCost,
    savedNanoUsd,
    error: null,
    retryAt: null,
    completedAt: now,
  };
}

/** What a result cost when it was made; null: unknown. */
export function savedBy(row: StepRunRow): NanoUsd | null {
  if (row.performedBy === "cache") return row.savedNanoUsd ?? null;
  return row.costBasis === "unknown" ? null : row.costNanoUsd;
}

/** An output whose files have rows of their own, so that it stays when the other is deleted; null where one is gone. */
export async function copyOutput(
  trx: Trx,
  output: StoredOutput,
  { executionId, key, now }: Place,
): Promise<StoredOutput | null> {
  const files: StoredFile[] = [];
  for (const file of output.files) {
    const copy = await copyArtifact(trx, file.artifactId, {
      executionId,
      stepNumber: key.stepNumber,
      item: key.item === NO_ITEM ? null : key.item,
      createdAt: now,
    });
    if (!copy) return null;
    files.push({ ...file, artifactId: copy.id });
  }
  return { ...output, files };
}

function goneMeanwhile(executionId: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Un résultat de l’exécution ${executionId} ou un fichier envoyé a disparu entre-temps. Rien n’a été lancé ni dépensé ; regardez ce qu’il en reste, puis recommencez.`,
    en: `A result of execution ${executionId} or an uploaded file is gone by now. Nothing was started or spent; see what is left of it, then try again.`,
  });
}
