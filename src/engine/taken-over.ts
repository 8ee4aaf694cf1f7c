import { copyArtifact } from "../db/artifact-store.ts";
import type { Trx } from "../db/database.ts";
import { setInputFiles } from "../db/execution-store.ts";
import { insertItems, listItemRuns, skipOtherItems } from "../db/item-store.ts";
import { getStepRun, type StepRunChange, type StepRunRow } from "../db/step-run-store.ts";
import type { StoredFile, StoredOutput } from "../db/stored-values.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { isAskedAbout } from "../workflow/rerun-plan.ts";
import { askedFirst } from "./approval.ts";
import { changeStep } from "./step-change.ts";

/** What an execution takes over when it is made from an earlier one. */
export interface RerunOrigin {
  executionId: number;
  /** The step that was asked for; null where none was. */
  fromStep: number | null;
  /** Results that are kept. */
  kept: StepKey[];
  /** Results that a person gives, whose files are uploads, or chooses among those that other executions have made. */
  replaced: GivenResult[];
  /** The one step, or item of one, that is made: of the others, those without a result are skipped. */
  only?: StepKey;
}

interface GivenResult {
  key: StepKey;
  output: StoredOutput;
  /** The execution that has made it, and what that cost (null: unknown); absent where a person gives it. */
  taken?: { executionId: number; savedNanoUsd: NanoUsd | null };
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
  {
    executionId,
    origin,
    steps,
    now,
  }: { executionId: number; origin: RerunOrigin; steps: readonly Step[]; now: string },
): Promise<void> {
  const keys = [
    ...origin.kept,
    ...origin.replaced.map(({ key }) => key),
    ...(origin.only ? [origin.only] : []),
  ];
  const withItems = new Set(keys.filter(({ item }) => item !== NO_ITEM).map(({ stepNumber }) => stepNumber));
  for (const stepNumber of withItems) await layOutAgain(trx, { executionId, stepNumber, origin, now });
  for (const key of origin.kept) {
    const row = await getStepRun(trx, origin.executionId, key);
    const step = steps.find(({ step_number }) => step_number === key.stepNumber);
    const change = row && (await changeOf(trx, row, { executionId, key, step, now }));
    if (!change) throw goneMeanwhile(origin.executionId);
    const reusedFromExecutionId = origin.executionId;
    await changeStep(trx, { executionId, key, change: { ...change, reusedFromExecutionId }, now });
  }
  for (const given of origin.replaced) {
    const change = await changeOfGiven(trx, given, { executionId, key: given.key, now });
    if (!change) throw goneMeanwhile(given.taken?.executionId ?? origin.executionId);
    await changeStep(trx, { executionId, key: given.key, change, now });
    if (given.taken && given.key.item !== NO_ITEM) await addSaved(trx, given, { executionId, now });
  }
  if (origin.only) await skipOthers(trx, { executionId, only: origin.only, kept: origin.kept, steps, now });
}

/** The step run of a result that a person gives or chooses; null where it, or a file of it, is gone. */
async function changeOfGiven(
  trx: Trx,
  { key, output, taken }: GivenResult,
  place: Place,
): Promise<StepRunChange | null> {
  if (!taken) {
    const copy = await copyOutput(trx, output, place);
    return copy && { status: "completed", performedBy: "person", output: copy, completedAt: place.now };
  }
  const row = await getStepRun(trx, taken.executionId, key);
  const copy = row?.output ? await copyOutput(trx, row.output, place) : null;
  if (!row || !copy) return null;
  return {
    ...takenOver(row, savedBy(row), place.now),
    // What a person gave stays so.
    ...(row.performedBy === "person" && { performedBy: "person" }),
    output: copy,
    reusedFromExecutionId: taken.executionId,
  };
}

/** The row of a step holds what its items saved. */
async function addSaved(
  trx: Trx,
  { key, taken }: GivenResult,
  { executionId, now }: { executionId: number; now: string },
): Promise<void> {
  const whole = { stepNumber: key.stepNumber, item: NO_ITEM };
  const row = await getStepRun(trx, executionId, whole);
  const savedNanoUsd = (row?.savedNanoUsd ?? 0) + (taken?.savedNanoUsd ?? 0);
  const reusedFromExecutionId = row?.reusedFromExecutionId ?? taken?.executionId ?? null;
  await changeStep(trx, { executionId, key: whole, change: { savedNanoUsd, reusedFromExecutionId }, now });
}

/** Ends what is not to be made, so that a take makes its one step and nothing else. */
async function skipOthers(
  trx: Trx,
  options: {
    executionId: number;
    only: StepKey;
    kept: readonly StepKey[];
    steps: readonly Step[];
    now: string;
  },
): Promise<void> {
  const { executionId, only, kept, steps, now } = options;
  for (const { step_number: stepNumber } of steps) {
    const isKept = kept.some((key) => key.stepNumber === stepNumber);
    if (isKept || stepNumber === only.stepNumber) continue;
    const change = { status: "skipped" as const, completedAt: now };
    await changeStep(trx, { executionId, key: { stepNumber, item: NO_ITEM }, change, now });
  }
  if (only.item !== NO_ITEM) await skipOtherItems(trx, { executionId, key: only, now });
}

/** The same items as before, of which those without a result are still to be made, unless the step is kept as a whole. */
async function layOutAgain(
  trx: Trx,
  options: { executionId: number; stepNumber: number; origin: RerunOrigin; now: string },
): Promise<void> {
  const { executionId, stepNumber, origin, now } = options;
  const rows = await listItemRuns(trx, origin.executionId, stepNumber);
  const values = rows.map(({ itemValue }) => itemValue);
  await insertItems(trx, { executionId, stepNumber }, { values, now });
  const isKept = (item: number): boolean =>
    origin.kept.some((key) => key.stepNumber === stepNumber && key.item === item);
  if (isKept(NO_ITEM)) {
    for (const { item, status, error, completedAt } of rows.filter((row) => !isKept(row.item))) {
      const change = { status, error, completedAt };
      await changeStep(trx, { executionId, key: { stepNumber, item }, change, now });
    }
    return;
  }
  const kept = rows.filter(({ item }) => isKept(item));
  const saved = kept.reduce((sum, row) => sum + (savedBy(row) ?? 0), 0);
  const change: StepRunChange = {
    status: "running",
    itemsTotal: rows.length,
    itemsDone: kept.length,
    itemsFailed: 0,
    startedAt: now,
    ...(kept.length > 0 && { reusedFromExecutionId: origin.executionId, savedNanoUsd: saved }),
  };
  await changeStep(trx, { executionId, key: { stepNumber, item: NO_ITEM }, change, now });
}

/** The step run of a result that is taken over from another; null where it, or a file of it, is gone. */
async function changeOf(
  trx: Trx,
  row: StepRunRow,
  place: Place & { step: Step | undefined },
): Promise<StepRunChange | null> {
  const isAsked = isAskedAbout(row);
  if ((row.status !== "completed" && !isAsked) || !row.output) return null;
  const output = await copyOutput(trx, row.output, place);
  const { itemsTotal, itemsDone, itemsFailed } = row;
  const change = { ...takenOver(row, savedBy(row), place.now), output, itemsTotal, itemsDone, itemsFailed };
  return (
    output && { ...change, ...(isAsked && askedFirst(place.step, { status: undefined, now: place.now })) }
  );
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

/**
 * Gives an execution rows of its own for the files that its inputs stand for.
 * @throws RelaisError `conflict` where one is gone by now.
 */
export async function keepInputFiles(
  trx: Trx,
  options: {
    executionId: number;
    inputs: Record<string, string | number>;
    files: Record<string, StoredFile>;
    now: string;
  },
): Promise<void> {
  const { executionId, now } = options;
  const inputs = { ...options.inputs };
  const files: Record<string, StoredFile> = {};
  for (const [name, file] of Object.entries(options.files)) {
    const place = { executionId, stepNumber: null, item: null, createdAt: now };
    const copy = await copyArtifact(trx, file.artifactId, place);
    if (!copy) throw inputGone(name);
    files[name] = { ...file, artifactId: copy.id };
    inputs[name] = copy.id;
  }
  if (Object.keys(files).length > 0) await setInputFiles(trx, executionId, { inputs, files });
}

function inputGone(name: string): RelaisError {
  return new RelaisError("conflict", {
    fr: `Le fichier de l’entrée « ${name} » a disparu. Rien n’a été lancé ni dépensé ; envoyez-le de nouveau.`,
    en: `The file of the input “${name}” is gone. Nothing was started or spent; upload it again.`,
  });
}

function goneMeanwhile(executionId: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Un résultat de l’exécution ${executionId} ou un fichier envoyé a disparu entre-temps. Rien n’a été lancé ni dépensé ; regardez ce qu’il en reste, puis recommencez.`,
    en: `A result of execution ${executionId} or an uploaded file is gone by now. Nothing was started or spent; see what is left of it, then try again.`,
  });
}
