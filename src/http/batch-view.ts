import { outputsOf, sumBatches, type BatchRow, type BatchSum } from "../db/batch-store.ts";
import { sumCapWaiters } from "../db/cap-store.ts";
import type { ExecutionRow } from "../db/execution-store.ts";
import type { StoredCostRange, StoredOutput } from "../db/stored-values.ts";
import { scopeOfBatch } from "../engine/budgets.ts";
import type { Language } from "../errors.ts";
import { spokenText } from "../steps/spoken-text.ts";
import { nanoUsdToUsd, sumCosts } from "../workflow/money.ts";
import { EXECUTION_STATUSES, type ExecutionStatus } from "../workflow/statuses.ts";
import type { BatchRowWire, BatchState, BatchSummary } from "./batch-schemas.ts";
import type { AppDependencies } from "./dependencies.ts";
import { thumbnailUrl, viewExecutionEvent } from "./execution-view.ts";
import { glimpseOf } from "./glimpse.ts";

const EXCERPT_CHARACTERS = 160;
/** Of a topic: a list shows no more. */
const TOPIC_CHARACTERS = 300;

type Reading = Pick<AppDependencies, "db" | "engine">;

/** Some batches as a list shows them. */
export async function readSummaries(reading: Reading, batches: readonly BatchRow[]): Promise<BatchSummary[]> {
  const sums = await sumBatches(
    reading.db,
    batches.map(({ id }) => id),
  );
  const views: BatchSummary[] = [];
  for (const batch of batches) {
    views.push({ ...viewHead(batch), ...(await viewState(reading, batch.id, sums.get(batch.id))) });
  }
  return views;
}

/** How a batch stands. */
export async function readState(reading: Reading, batchId: number): Promise<BatchState> {
  return await viewState(reading, batchId, (await sumBatches(reading.db, [batchId])).get(batchId));
}

function viewHead(batch: BatchRow) {
  return {
    id: batch.id,
    title: batch.title,
    workflow_id: batch.workflowId,
    template_id: batch.templateId,
    mode: batch.mode,
    row_count: batch.rowCount,
    estimate: batch.estimate && viewRange(batch.estimate),
    currency: "USD" as const,
    created_at: batch.createdAt,
  };
}

export function viewRange({ lowNanoUsd, likelyNanoUsd, highNanoUsd, certainty }: StoredCostRange) {
  return {
    estimated_cost: likelyNanoUsd === null ? null : nanoUsdToUsd(likelyNanoUsd),
    estimated_cost_low: nanoUsdToUsd(lowNanoUsd),
    estimated_cost_high: highNanoUsd === null ? null : nanoUsdToUsd(highNanoUsd),
    certainty,
  };
}

async function viewState(
  { db, engine }: Reading,
  batchId: number,
  sum: BatchSum = { counts: {}, costs: [] },
): Promise<BatchState> {
  const scope = scopeOfBatch(batchId);
  const cap = await engine.caps.state(scope, "total");
  const waiters = await sumCapWaiters(db, { scope, period: "" });
  const { nanoUsd, basis } = sumCosts(sum.costs);
  const used = cap.spentNanoUsd + cap.reservedNanoUsd;
  return {
    status: statusOf(sum.counts),
    counts: {
      pending: sum.counts.pending ?? 0,
      running: sum.counts.running ?? 0,
      waiting: sum.counts.waiting ?? 0,
      completed: sum.counts.completed ?? 0,
      failed: sum.counts.failed ?? 0,
      cancelled: sum.counts.cancelled ?? 0,
    },
    total_cost: nanoUsdToUsd(nanoUsd),
    cost_basis: basis,
    cap: {
      cap_usd: cap.capNanoUsd === null ? null : nanoUsdToUsd(cap.capNanoUsd),
      spent_usd: nanoUsdToUsd(cap.spentNanoUsd),
      reserved_usd: nanoUsdToUsd(cap.reservedNanoUsd),
      waiting_rows: waiters.executions,
      needed_usd: waiters.executions === 0 ? null : nanoUsdToUsd(used + (waiters.amountNanoUsd ?? 0)),
    },
  };
}

/** In this order the first that any row has is that of all: a batch has failed where nothing goes on and a row has. */
const BY_WEIGHT: readonly ExecutionStatus[] = [
  "running",
  "pending",
  "waiting",
  "failed",
  "completed",
  "cancelled",
];

function statusOf(counts: BatchSum["counts"]): ExecutionStatus {
  const some = EXECUTION_STATUSES.filter((status) => (counts[status] ?? 0) > 0);
  // Between its rows it goes on, though none is at work this very moment.
  if (some.includes("pending") && some.length > 1) return "running";
  return BY_WEIGHT.find((status) => some.includes(status)) ?? "completed";
}

/** Rows as a list shows them. */
export async function readRows(
  { db }: Pick<AppDependencies, "db">,
  executions: readonly ExecutionRow[],
  language: Language,
): Promise<BatchRowWire[]> {
  const outputs = await outputsOf(
    db,
    executions.map(({ id }) => id),
  );
  return executions.map((execution) => {
    return {
      ...viewExecutionEvent(execution.id, { snapshot: execution, reached: null }, language),
      row: execution.batchRow ?? 0,
      initial_input: cut(execution.initialInput, TOPIC_CHARACTERS),
      preview: viewPreview(outputs.get(execution.id) ?? []),
    };
  });
}

/** What there is to see, and the start of the last text, whatever came after. */
function viewPreview(outputs: readonly StoredOutput[]): BatchRowWire["preview"] {
  const last = outputs.at(-1);
  if (!last) return null;
  const { artifactId } = glimpseOf(outputs);
  const text = outputs.findLast((output) => output.text !== undefined)?.text;
  return {
    type: last.medium,
    excerpt: text === undefined ? null : cut(spokenText(text.slice(0, 2_000)), EXCERPT_CHARACTERS),
    thumbnail_url: artifactId === null ? null : thumbnailUrl(artifactId),
  };
}

function cut(text: string, characters: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= characters ? line : `${line.slice(0, characters - 1).trimEnd()}…`;
}
