import { createRoute, z } from "@hono/zod-openapi";
import {
  getBatch,
  isCancelledSince,
  listBatches,
  listBatchRows,
  newestOf,
  type BatchPlaceState,
  type BatchRow,
} from "../db/batch-store.ts";
import { scopeOfBatch } from "../engine/budgets.ts";
import { RelaisError, type Language } from "../errors.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { EXECUTION_STATUSES, isFinal } from "../workflow/statuses.ts";
import { withDefaults } from "../workflow/validation.ts";
import { apiRoutes } from "./api-routes.ts";
import { acceptBatch, estimateRows, readSource } from "./batch-request.ts";
import {
  batchAnswerSchema,
  batchBodySchema,
  batchCancelAnswerSchema,
  batchCapBodySchema,
  batchEstimateBodySchema,
  batchEstimateSchema,
  batchEventSchema,
  batchListSchema,
  batchRerunAnswerSchema,
  batchRerunBodySchema,
  batchSchema,
  MAX_BATCH_ROWS,
} from "./batch-schemas.ts";
import { readRows, readState, readSummaries, viewRange } from "./batch-view.ts";
import { estimateOf, sumOfRanges } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { localize } from "./language.ts";
import { cutPage, pageQuerySchema, readPage } from "./list-query.ts";
import { missingSettings, stepModels } from "./live-run.ts";
import { idOf, idPathSchema, missingBatch } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { planRequest } from "./rerun-request.ts";
import { rerunBodySchema } from "./rerun-schemas.ts";
import { acceptRerun, expectedCostOfRerun } from "./rerun.ts";

const LIST = "batches";

const createBatchRoute = createRoute({
  method: "post",
  path: "/batches",
  operationId: "createBatch",
  summary: "Run the same steps for many topics, an execution a row, under one cap",
  description:
    "Takes exactly one of workflow_id, template_id and steps. Every row is checked before anything is stored; all are stored, or none.",
  request: {
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: batchBodySchema } } },
  },
  responses: {
    202: {
      description: "Stored, and on its way",
      headers: { Location: { schema: { type: "string" }, description: "The address of the batch" } },
      content: { "application/json": { schema: batchAnswerSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

const estimateBatchRoute = createRoute({
  method: "post",
  path: "/batches/estimate",
  operationId: "estimateBatch",
  summary: "What a live run of all rows is likely to cost; nothing runs",
  request: {
    body: { required: true, content: { "application/json": { schema: batchEstimateBodySchema } } },
  },
  responses: {
    200: {
      description: "Of all rows together",
      content: { "application/json": { schema: batchEstimateSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 413, 415, 422),
  },
});

const listBatchesRoute = createRoute({
  method: "get",
  path: "/batches",
  operationId: "listBatches",
  summary: "Batches, newest first",
  request: { query: pageQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: batchListSchema } } },
    ...problemResponses(401, 403, 422),
  },
});

const getBatchRoute = createRoute({
  method: "get",
  path: "/batches/{id}",
  operationId: "getBatch",
  summary: "One batch: how its rows stand, what they cost together, and a page of them",
  request: {
    params: idPathSchema,
    query: pageQuerySchema.extend({ status: z.enum(EXECUTION_STATUSES).optional() }),
  },
  responses: {
    200: { description: "The batch", content: { "application/json": { schema: batchSchema } } },
    ...problemResponses(401, 403, 404, 422),
  },
});

const cancelBatchRoute = createRoute({
  method: "post",
  path: "/batches/{id}/cancel",
  operationId: "cancelBatch",
  summary: "Cancel all rows that have not ended; what they have made stays",
  request: { params: idPathSchema, headers: IDEMPOTENCY_HEADER },
  responses: {
    202: {
      description: "Cancelled; calls that had been sent are still settled",
      content: { "application/json": { schema: batchCancelAnswerSchema } },
    },
    ...problemResponses(401, 403, 404, 409, 413, 415, 422),
  },
});

const setBatchCapRoute = createRoute({
  method: "post",
  path: "/batches/{id}/cap",
  operationId: "setBatchCap",
  summary:
    "Set the cap of a batch, or take it off with null; rows that waited for it go on where they fit now",
  request: {
    params: idPathSchema,
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: batchCapBodySchema } } },
  },
  responses: {
    200: { description: "How it stands now", content: { "application/json": { schema: batchEventSchema } } },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

const rerunBatchRoute = createRoute({
  method: "post",
  path: "/batches/{id}/rerun",
  operationId: "rerunBatch",
  summary:
    "Run failed rows again, in the same batch and under its cap; results that are there are kept for $0",
  request: {
    params: idPathSchema,
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: batchRerunBodySchema } } },
  },
  responses: {
    202: {
      description: "Stored, and on their way",
      content: { "application/json": { schema: batchRerunAnswerSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

export function batchRoutes(dependencies: AppDependencies) {
  return apiRoutes()
    .route("/", newBatchRoutes(dependencies))
    .route("/", listedBatchRoutes(dependencies))
    .route("/", startedBatchRoutes(dependencies));
}

function newBatchRoutes(dependencies: AppDependencies) {
  const { registry } = dependencies;
  return apiRoutes()
    .openapi(createBatchRoute, async (c) => {
      const language = c.get("language");
      const { batch, rows, warnings } = await acceptBatch(dependencies, c.req.valid("json"), language);
      const { batchId, executionIds } = await dependencies.engine.createBatch(batch, rows);
      const url = `${API_PATH}/batches/${batchId}`;
      c.header("Location", url);
      return c.json(
        {
          batch_id: batchId,
          execution_ids: executionIds,
          mode: batch.mode,
          row_count: rows.length,
          events_url: `${url}/events`,
          url,
          warnings: warnings.map(({ path, message }) => ({ path, message: localize(message, language) })),
        },
        202,
      );
    })
    .openapi(estimateBatchRoute, async (c) => {
      const body = c.req.valid("json");
      const { source } = await readSource(dependencies, body, c.get("language"));
      const rows = body.rows.map((row) => ({
        initialInput: row.initial_input,
        inputs: withDefaults(source.inputs, row.inputs),
      }));
      const sum = sumOfRanges(await estimateRows(dependencies, source, rows));
      const { total } = await estimateOf(dependencies, {
        definition: source,
        origin: source,
        topic: rows[0]?.initialInput || null,
        inputs: rows[0]?.inputs ?? {},
      });
      if (!sum) throw new Error("a batch has at least one row");
      return c.json(
        {
          ...viewRange(sum),
          row_count: rows.length,
          row_seconds_low: Math.round(total.secondsLow),
          row_seconds_high: Math.round(total.secondsHigh),
          missing_settings: missingSettings(stepModels(source.steps, registry), registry),
          currency: "USD" as const,
        },
        200,
      );
    });
}

function listedBatchRoutes(dependencies: AppDependencies) {
  const { db } = dependencies;
  return apiRoutes()
    .openapi(listBatchesRoute, async (c) => {
      const page = readPage(c.req.valid("query"), LIST);
      const found = await listBatches(db, { ...page, limit: page.limit + 1 });
      const { rows, nextCursor } = cutPage(found, page, LIST);
      return c.json({ batches: await readSummaries(dependencies, rows), next_cursor: nextCursor }, 200);
    })
    .openapi(getBatchRoute, async (c) => {
      const batch = await requireBatch(dependencies, c.req.valid("param").id);
      const { status, ...query } = c.req.valid("query");
      const list = `batch-${batch.id}`;
      const page = readPage(query, list);
      const found = await listBatchRows(db, batch.id, {
        limit: page.limit + 1,
        ...(page.beforeId !== undefined && { afterRow: Math.min(page.beforeId, MAX_BATCH_ROWS) }),
        ...(status !== undefined && { statuses: [status] }),
      });
      const places = found.map((row) => ({ id: row.batchRow ?? 0, row }));
      const { rows, nextCursor } = cutPage(places, page, list);
      const [summary] = await readSummaries(dependencies, [batch]);
      if (!summary) throw missingBatch(batch.id);
      const shown = await readRows(
        dependencies,
        rows.map(({ row }) => row),
        c.get("language"),
      );
      return c.json({ ...summary, rows: shown, next_cursor: nextCursor }, 200);
    });
}

function startedBatchRoutes(dependencies: AppDependencies) {
  const { db, engine } = dependencies;
  return apiRoutes()
    .openapi(cancelBatchRoute, async (c) => {
      const { id } = await requireBatch(dependencies, c.req.valid("param").id);
      return c.json({ batch_id: id, cancelled: await cancelRows(dependencies, id) }, 202);
    })
    .openapi(setBatchCapRoute, async (c) => {
      const { id } = await requireBatch(dependencies, c.req.valid("param").id);
      const { cap_usd: usd } = c.req.valid("json");
      const capNanoUsd = usd === null ? null : usdToNanoUsd(usd);
      await engine.caps.set([{ scope: scopeOfBatch(id), periodKind: "total", capNanoUsd }]);
      return c.json(await readState(dependencies, id), 200);
    })
    .openapi(rerunBatchRoute, async (c) => {
      const { id } = await requireBatch(dependencies, c.req.valid("param").id);
      const { rows } = c.req.valid("json");
      const failed = await newestOf(db, id, {
        limit: MAX_BATCH_ROWS,
        statuses: rows ? ["failed", "cancelled"] : ["failed"],
        ...(rows && { rows }),
      });
      if (failed.length === 0) throw nothingFailed(id);
      return c.json({ batch_id: id, ...(await rerunRows(dependencies, id, failed, c.get("language"))) }, 202);
    });
}

async function requireBatch({ db }: AppDependencies, idText: string): Promise<BatchRow> {
  const id = idOf(idText, missingBatch);
  const batch = await getBatch(db, id);
  if (!batch) throw missingBatch(id);
  return batch;
}

/** All that have not ended, until there are none: rows that were being run again may have come meanwhile. */
async function cancelRows(dependencies: AppDependencies, batchId: number): Promise<number> {
  for (let cancelled = 0; ;) {
    const rows = await newestOf(dependencies.db, batchId, { limit: MAX_BATCH_ROWS });
    const open = rows.filter(({ status }) => !isFinal(status)).toReversed();
    if (open.length === 0) return cancelled;
    cancelled += await cancelEach(dependencies, open);
  }
}

/** Those first that nobody works on, so that none of them begins meanwhile. */
async function cancelEach({ engine }: AppDependencies, open: readonly BatchPlaceState[]): Promise<number> {
  let cancelled = 0;
  for (const { id } of open.toSorted((a, b) => isAtWork(a) - isAtWork(b))) {
    try {
      await engine.cancel(id);
      cancelled += 1;
    } catch (error) {
      // It has ended by itself meanwhile, or was deleted since.
      if (!(error instanceof RelaisError) || !["conflict", "not_found"].includes(error.code)) throw error;
    }
  }
  return cancelled;
}

function isAtWork({ status }: BatchPlaceState): number {
  return status === "running" ? 1 : 0;
}

/** What is run again, and what cannot be. */
async function rerunRows(
  dependencies: AppDependencies,
  batchId: number,
  rows: readonly BatchPlaceState[],
  language: Language,
) {
  const executionIds: number[] = [];
  const refused: { row: number; message: string }[] = [];
  const body = rerunBodySchema.parse({ failed_items: true });
  for (const { id, row } of rows) {
    try {
      await requireNoCancel(dependencies, batchId, executionIds[0]);
      const planned = await planRequest(dependencies, { id, body, language });
      await acceptRerun(dependencies, planned, batchId);
      const estimate = await expectedCostOfRerun(dependencies, planned);
      const batch = { id: batchId, row };
      executionIds.push(await dependencies.engine.create({ ...planned.execution, estimate, batch }));
    } catch (error) {
      // What holds for one row (a call that is still out) need not hold for the next.
      if (!(error instanceof RelaisError) || error.code === "shutting_down") throw error;
      refused.push({ row, message: localize(error.detail, language) });
    }
  }
  return { execution_ids: executionIds, refused };
}

/** Many rows take seconds to store: who cancels the batch meanwhile wants none of those that would come after. */
async function requireNoCancel(
  { db }: AppDependencies,
  batchId: number,
  firstId: number | undefined,
): Promise<void> {
  if (firstId === undefined || !(await isCancelledSince(db, batchId, firstId))) return;
  throw new RelaisError("conflict", {
    fr: `Le lot ${batchId} a été annulé pendant que ses lignes étaient relancées. Celle-ci n’a pas été lancée et n’a rien coûté.`,
    en: `Batch ${batchId} was cancelled while its rows were being run again. This one was not started and has cost nothing.`,
  });
}

function nothingFailed(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Le lot ${id} n’a aucune ligne échouée à relancer. Rien n’a été lancé ni dépensé.`,
    en: `Batch ${id} has no failed row to run again. Nothing was started or spent.`,
  });
}
