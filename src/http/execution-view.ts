import type { AttemptRow } from "../db/attempt-store.ts";
import type { Budget } from "../db/budget-store.ts";
import type { ExecutionRow } from "../db/execution-store.ts";
import type { StepRunRow } from "../db/step-run-store.ts";
import type {
  ExecutionSnapshot,
  StepSnapshot,
  StoredFile,
  StoredOutput,
  WaitingFor,
} from "../db/stored-values.ts";
import type { Language } from "../errors.ts";
import { itemsByStep, outputOfItems } from "../engine/items.ts";
import { NO_ITEM, type Step } from "../workflow/definition.ts";
import type { Medium, Modality } from "../workflow/media.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { nanoUsdToUsd, sumCosts, type Cost, type CostBasis, type NanoUsd } from "../workflow/money.ts";
import { isFinal } from "../workflow/statuses.ts";
import { viewCosts } from "./execution-costs.ts";
import { glimpseOf } from "./glimpse.ts";
import { localize } from "./language.ts";
import { viewReachedCap, type ReachedCap } from "./reached-cap.ts";
import type { ExecutionEvent, StepEvent } from "./event-schemas.ts";
import type { Execution, ExecutionSummary, ItemData, Result, ResultFile, StepData } from "./schemas.ts";

/** Rows to wire forms. */

export const API_PATH = "/api/combinations";

/** What it takes to show rows to somebody. */
export interface ViewContext {
  language: Language;
  catalogue: ModelCatalogue;
}

export function viewExecution(
  row: ExecutionRow,
  extras: {
    stepRuns: StepRunRow[];
    attempts: AttemptRow[];
    budget: Budget | undefined;
    reached: ReachedCap | null;
    lastEvent: number;
  },
  context: ViewContext,
): Execution {
  const { stepRuns, attempts, budget, reached, lastEvent } = extras;
  const capNanoUsd = budget?.capNanoUsd ?? null;
  const stepOf = (run: StepRunRow) => row.steps.find((step) => step.step_number === run.stepNumber);
  const runs = stepRuns.filter(({ item }) => item === NO_ITEM);
  const items = itemsByStep(stepRuns);
  return {
    ...viewHead(row, runs, context.language),
    waiting_for: row.waitingFor && viewWaitingFor(row.waitingFor, reached),
    inputs: row.inputs,
    cap_usd: capNanoUsd === null ? null : nanoUsdToUsd(capNanoUsd),
    steps: row.steps,
    steps_data: runs.map((run) => ({
      ...viewStep(run, stepOf(run), context),
      items: items.get(run.stepNumber)?.map((item) => viewItem(item, context.language)) ?? null,
    })),
    results: runs.flatMap((run) => viewResult(run, stepOf(run), items.get(run.stepNumber)) ?? []),
    costs: viewCosts(row.steps, { attempts, stepRuns }, row.estimate),
    last_event: lastEvent,
  };
}

export function viewSummary(
  row: ExecutionRow,
  stepRuns: StepRunRow[],
  context: ViewContext,
): ExecutionSummary {
  const done = stepRuns.filter((run) => run.output !== null);
  return {
    ...viewHead(row, stepRuns, context.language),
    media: done.map((run) => {
      const step = row.steps.find(({ step_number }) => step_number === run.stepNumber);
      return modalityOf(step, context.catalogue) ?? modalityOfMedium(run.output?.medium ?? "text");
    }),
    ...viewGlimpse(done),
  };
}

function viewGlimpse(done: StepRunRow[]): Pick<ExecutionSummary, "thumbnail_url" | "excerpt"> {
  const { artifactId, excerpt } = glimpseOf(done.flatMap(({ output }) => output ?? []));
  return { thumbnail_url: artifactId === null ? null : thumbnailUrl(artifactId), excerpt };
}

/** What the detail and the list have in common. */
function viewHead(row: ExecutionRow, stepRuns: StepRunRow[], language: Language) {
  return {
    id: row.id,
    workflow_id: row.workflowId,
    template_id: row.templateId,
    title: row.title,
    mode: row.mode,
    initial_input: row.initialInput,
    rerun_of: row.rerunOf,
    rerun_from_step: row.rerunFromStep,
    only_step: row.onlyStep,
    batch_id: row.batchId,
    batch_row: row.batchRow,
    reuse: row.reuse,
    saved_usd: savedUsdOf(stepRuns),
    live_cost: row.mode === "rehearsal" ? liveCostOf(stepRuns) : null,
    currency: "USD" as const,
    created_at: row.createdAt,
    ...viewProgress(row, language),
  };
}

function viewProgress(snapshot: ExecutionSnapshot, language: Language) {
  return {
    status: snapshot.status,
    current_step: snapshot.currentStep,
    total_steps: snapshot.totalSteps,
    total_cost: nanoUsdToUsd(snapshot.totalCostNanoUsd),
    cost_basis: snapshot.costBasis,
    waiting_for: snapshot.waitingFor && viewWaitingFor(snapshot.waitingFor, null),
    error_message: snapshot.error && localize(snapshot.error, language),
    started_at: snapshot.startedAt,
    completed_at: snapshot.completedAt,
  };
}

/** `reached` is what a wait for a cap shows beside. */
export function viewExecutionEvent(
  executionId: number,
  event: { snapshot: ExecutionSnapshot; reached: ReachedCap | null },
  language: Language,
): ExecutionEvent {
  const { snapshot, reached } = event;
  return {
    execution_id: executionId,
    ...viewProgress(snapshot, language),
    waiting_for: snapshot.waitingFor && viewWaitingFor(snapshot.waitingFor, reached),
  };
}

export function viewStepEvent(
  executionId: number,
  event: { snapshot: StepSnapshot; step: Step | undefined; run: StepRunRow | undefined },
  context: ViewContext,
): StepEvent {
  const { snapshot, step, run } = event;
  const hasResult = isResultNew(snapshot) && run !== undefined;
  const isItem = snapshot.item !== NO_ITEM;
  return {
    execution_id: executionId,
    ...viewStep(snapshot, step, context),
    ...(isItem && { item: snapshot.item, item_waiting_for: viewItemWait(snapshot) }),
    result: hasResult ? viewResult(run, step) : null,
  };
}

function viewStep(snapshot: StepSnapshot, step: Step | undefined, context: ViewContext): StepData {
  return {
    step_number: snapshot.stepNumber,
    name: step?.name ?? null,
    ai_provider: step?.ai_provider ?? "",
    modality: modalityOf(step, context.catalogue),
    ...viewState(snapshot, context.language),
    waiting_reason: snapshot.waitingReason,
    items_total: snapshot.itemsTotal ?? null,
    items_done: snapshot.itemsDone ?? null,
    items_failed: snapshot.itemsFailed ?? null,
    items: null,
    ...placeOf(snapshot, context),
  };
}

/** What the state of a step and that of an item have in common. */
function viewState(snapshot: StepSnapshot, language: Language) {
  return {
    status: snapshot.status,
    attempts: snapshot.attempts,
    model: snapshot.model,
    performed_by: snapshot.performedBy,
    started_at: snapshot.startedAt,
    completed_at: snapshot.completedAt,
    cost: knownUsd(snapshot.costNanoUsd, snapshot.costBasis),
    cost_basis: snapshot.costBasis,
    error: snapshot.error && {
      code: snapshot.error.code,
      message: localize(snapshot.error.message, language),
    },
    reused_from: snapshot.reusedFromExecutionId ?? null,
    saved_usd: usdOrNull(snapshot.savedNanoUsd ?? null),
    decide_by: snapshot.decideBy ?? null,
    repaired: snapshot.isRepaired === true,
  };
}

/** At which provider a step waits for its turn. Events of earlier versions do not say it. */
function placeOf(
  { status, provider, placeSince }: StepSnapshot,
  { catalogue }: ViewContext,
): Pick<StepData, "waits_for_place_at"> {
  if (status !== "pending" || provider === null || !placeSince) return {};
  return { waits_for_place_at: catalogue.providerName(provider) ?? provider };
}

/** Whether what a step has made is there since this state: it is complete, or waits to be approved. */
export function isResultNew({ status, waitingReason }: StepSnapshot): boolean {
  return status === "completed" || (status === "waiting" && waitingReason === "approval");
}

function viewItem(snapshot: StepSnapshot, language: Language): ItemData {
  const { item } = snapshot;
  return { item, ...viewState(snapshot, language), waiting_for: viewItemWait(snapshot) };
}

function viewItemWait(snapshot: StepSnapshot): ItemData["waiting_for"] {
  const { waitingReason: reason, waitingAmountNanoUsd: amount } = snapshot;
  return reason && { reason, amount_usd: amount === null ? null : nanoUsdToUsd(amount) };
}

/** What a step made, with what its items made. Without a list of its own, it shows those of its items that are there. */
export function viewResult(run: StepRunRow, step: Step | undefined, items?: StepRunRow[]): Result | null {
  const made = items?.flatMap((item) => {
    const content = viewContent(item);
    return content ? [{ item: item.item, ...content }] : [];
  });
  const partial = items && made && made.length > 0 ? outputOfItems(items) : null;
  const performedBy = run.performedBy ?? items?.find(({ output }) => output !== null)?.performedBy ?? null;
  const content = viewContent({ ...run, performedBy, output: run.output ?? partial });
  if (!content) return null;
  const place = { step_number: run.stepNumber, name: step?.name ?? null };
  return { ...place, ...content, ...(made && { items: made }) };
}

function viewContent(run: StepRunRow) {
  const { output } = run;
  if (!output) return null;
  const files = output.files.map(viewFile);
  return {
    type: output.medium,
    ...(output.text !== undefined && { text: output.text }),
    ...(output.json !== undefined && { json: output.json }),
    ...files[0],
    ...(files.length > 1 && { files }),
    ...wordsOf(output),
    ...(run.isEdited === true && { edited: true as const }),
    cost: knownUsd(run.costNanoUsd, run.costBasis),
    cost_basis: run.costBasis,
    performed_by: run.performedBy ?? "",
    ...(run.performedBy === "local" && { live_cost: run.liveCost ? usdOf(run.liveCost) : null }),
  };
}

/** When the words of a text that was heard, or of one recording, are said. Those of a list are with its items. */
function wordsOf({ words, files, itemCount }: StoredOutput): Pick<Result, "words"> {
  const timed = words ?? (files.length === 1 && itemCount === undefined ? files[0]?.words : undefined);
  return timed ? { words: timed } : {};
}

function viewFile(file: StoredFile): ResultFile {
  return {
    url: artifactUrl(file.artifactId),
    media_type: file.mediaType,
    bytes: file.bytes,
    ...(file.name !== undefined && { file_name: file.name }),
    ...(file.width !== undefined && { width: file.width }),
    ...(file.height !== undefined && { height: file.height }),
    ...(file.durationSeconds !== undefined && { duration_seconds: file.durationSeconds }),
  };
}

function viewWaitingFor(waiting: WaitingFor, reached: ReachedCap | null): Execution["waiting_for"] {
  const { amountNanoUsd } = waiting;
  return {
    reason: waiting.reason,
    step_number: waiting.stepNumber,
    ...(waiting.item !== NO_ITEM && { item: waiting.item }),
    amount_usd: amountNanoUsd === null ? null : nanoUsdToUsd(amountNanoUsd),
    ...(reached && amountNanoUsd !== null && viewCapNeeded(reached, amountNanoUsd)),
    ...(reached && { cap: viewReachedCap(reached) }),
  };
}

/** What a cap has to hold for a step to go on: what is spent, what is set aside, and the step. */
function viewCapNeeded({ reservedNanoUsd, spentNanoUsd }: ReachedCap, amount: NanoUsd) {
  return {
    cap_needed_usd: nanoUsdToUsd(reservedNanoUsd + spentNanoUsd + amount),
    reserved_usd: nanoUsdToUsd(reservedNanoUsd),
  };
}

/**
 * What the steps that are done would have cost live; null where nothing is done, where a step was broken off after it
 * had begun, and as soon as one has no known price.
 */
function liveCostOf(stepRuns: StepRunRow[]): number | null {
  const done = stepRuns.filter((run) => run.output !== null);
  const isBrokenOff = stepRuns.some((run) => run.output === null && run.attempts > 0 && isFinal(run.status));
  if (done.length === 0 || isBrokenOff) return null;
  const costs = done.map((run): Cost => run.liveCost ?? { nanoUsd: null, basis: "unknown" });
  const sum = sumCosts(costs);
  return sum.basis === "unknown" ? null : nanoUsdToUsd(sum.nanoUsd);
}

/**
 * What the results that were taken over had cost, as far as that is known; null where none was. The row of a step holds
 * what its items saved.
 */
function savedUsdOf(stepRuns: StepRunRow[]): number | null {
  const reused = stepRuns.filter(
    ({ item, reusedFromExecutionId }) => item === NO_ITEM && (reusedFromExecutionId ?? null) !== null,
  );
  if (reused.length === 0) return null;
  return nanoUsdToUsd(reused.reduce((sum, { savedNanoUsd }) => sum + (savedNanoUsd ?? 0), 0));
}

function usdOrNull(nanoUsd: NanoUsd | null): number | null {
  return nanoUsd === null ? null : nanoUsdToUsd(nanoUsd);
}

function knownUsd(nanoUsd: NanoUsd, basis: CostBasis): number | null {
  return basis === "unknown" ? null : nanoUsdToUsd(nanoUsd);
}

function usdOf(cost: Cost): number | null {
  return usdOrNull(cost.nanoUsd);
}

function modalityOf(step: Step | undefined, catalogue: ModelCatalogue): Modality | null {
  return (step && catalogue.resolve(step.ai_provider)?.modality) ?? null;
}

/** For a model that is no longer in the list. */
function modalityOfMedium(medium: Medium): Modality {
  if (medium === "json") return "text";
  return medium === "audio" ? "speech" : medium;
}

export function artifactUrl(artifactId: string): string {
  return `${API_PATH}/artifacts/${artifactId}`;
}

/** A small picture of it, for lists. */
export function thumbnailUrl(artifactId: string): string {
  return `${artifactUrl(artifactId)}?thumbnail=320`;
}
