import { createRoute, z } from "@hono/zod-openapi";
import { listAttempts } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { lastEventNumber } from "../db/event-store.ts";
import { removeExecution } from "../db/execution-removal.ts";
import { searchExecutions } from "../db/execution-search.ts";
import {
  getExecution,
  listExecutions,
  type ExecutionFilter,
  type ExecutionRow,
} from "../db/execution-store.ts";
import { listStepRuns, listStepRunsOf } from "../db/step-run-store.ts";
import { budgetOf } from "../engine/budgets.ts";
import type { DecisionRequest } from "../engine/engine.ts";
import { RelaisError, type LocalText } from "../errors.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { EXECUTION_STATUSES } from "../workflow/statuses.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { editedOutputOf, requireFit } from "./edited-output.ts";
import { viewExecution, viewSummary } from "./execution-view.ts";
import { historyQueryFields, readHistoryQuery } from "./history-query.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { cutPage, pageQuerySchema, readPage, type Page } from "./list-query.ts";
import { idOf, idPathSchema, invalidField, missingBatch, missingExecution } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { readReachedCap } from "./reached-cap.ts";
import {
  decisionBodySchema,
  executionListSchema,
  executionSchema,
  executionStateSchema,
  type Execution,
} from "./schemas.ts";

const LIST = "executions";

const listQuerySchema = pageQuerySchema.extend({
  status: z.enum(EXECUTION_STATUSES).optional(),
  workflow_id: z.string().optional().openapi({ type: "integer", minimum: 1 }),
  template_id: z.string().max(100).optional(),
  mode: z.enum(["live", "rehearsal"]).optional(),
  ...historyQueryFields,
  batch: z.string().optional().openapi({ type: "integer", minimum: 1 }),
});

const listExecutionsRoute = createRoute({
  method: "get",
  path: "/executions",
  operationId: "listExecutions",
  summary: "The history of executions, newest first",
  request: { query: listQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: executionListSchema } } },
    ...problemResponses(401, 403, 422),
  },
});

const getExecutionRoute = createRoute({
  method: "get",
  path: "/executions/{id}",
  operationId: "getExecution",
  summary: "One execution: its steps, results and cost so far",
  request: { params: idPathSchema },
  responses: {
    200: { description: "The execution", content: { "application/json": { schema: executionSchema } } },
    ...problemResponses(401, 403, 404),
  },
});

const deleteExecutionRoute = createRoute({
  method: "delete",
  path: "/executions/{id}",
  operationId: "deleteExecution",
  summary: "Remove what an execution says and made; the money journal keeps its rows",
  request: { params: idPathSchema },
  responses: { 204: { description: "Removed" }, ...problemResponses(401, 403, 404, 409) },
});

const STATE = { "application/json": { schema: executionStateSchema } } as const;

const cancelExecutionRoute = createRoute({
  method: "post",
  path: "/executions/{id}/cancel",
  operationId: "cancelExecution",
  summary: "Cancel an execution; what it has made stays",
  request: { params: idPathSchema, headers: IDEMPOTENCY_HEADER },
  responses: {
    202: { description: "Cancelled; calls that had been sent are still settled", content: STATE },
    ...problemResponses(401, 403, 404, 409, 413, 415, 422),
  },
});

const decideRoute = createRoute({
  method: "post",
  path: "/executions/{id}/decision",
  operationId: "decideExecution",
  summary: "Answer what an execution waits for",
  request: {
    params: idPathSchema,
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: decisionBodySchema } } },
  },
  responses: {
    202: { description: "Taken; the execution goes on", content: STATE },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export function executionRoutes(dependencies: AppDependencies) {
  const { db, engine, registry } = dependencies;
  return apiRoutes()
    .openapi(listExecutionsRoute, async (c) => {
      const query = c.req.valid("query");
      const page = readPage(query, LIST);
      const { words, ...days } = readHistoryQuery(query);
      const filter = { ...filterOf(query, page), ...days };
      const found = await (words ? searchExecutions(db, words, filter) : listExecutions(db, filter));
      const { rows, nextCursor } = cutPage(found, page, LIST);
      const stepRuns = await listStepRunsOf(
        db,
        rows.map(({ id }) => id),
      );
      const context = { language: c.get("language"), catalogue: registry };
      const executions = rows.map((row) => viewSummary(row, stepRuns.get(row.id) ?? [], context));
      return c.json({ executions, next_cursor: nextCursor }, 200);
    })
    .openapi(getExecutionRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      // Before the rows: what they tell beyond it, an event will tell once more.
      const lastEvent = await lastEventNumber(db, id);
      const row = await requireExecution(dependencies, id);
      const [stepRuns, budget] = [await listStepRuns(db, id), await getBudget(db, budgetOf(id))];
      const attempts = await listAttempts(db, id);
      const context = { language: c.get("language"), catalogue: registry };
      const reached = await readReachedCap(dependencies, id, row.waitingFor);
      const execution: Execution = viewExecution(
        row,
        { stepRuns, attempts, budget, reached, lastEvent },
        context,
      );
      return c.json(execution, 200);
    })
    .openapi(deleteExecutionRoute, async (c) => {
      await remove(dependencies, idOf(c.req.valid("param").id, missingExecution));
      return c.body(null, 204);
    })
    .openapi(cancelExecutionRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      await requireExecution(dependencies, id);
      await engine.cancel(id);
      return c.json(await stateOf(dependencies, id), 202);
    })
    .openapi(decideRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      const decision = decisionOf(c.req.valid("json"));
      const { steps } = await requireExecution(dependencies, id);
      requireFit(decision, steps);
      await engine.decide(id, decision);
      return c.json(await stateOf(dependencies, id), 202);
    });
}

function filterOf(query: z.output<typeof listQuerySchema>, page: Page): ExecutionFilter {
  return {
    ...page,
    withoutTakes: true,
    // One more than the page takes says whether there is another page.
    limit: page.limit + 1,
    ...(query.status !== undefined && { status: query.status }),
    ...(query.template_id !== undefined && { templateId: query.template_id }),
    ...(query.mode !== undefined && { mode: query.mode }),
    ...(query.batch !== undefined && { batchId: idOf(query.batch, missingBatch) }),
    ...(query.workflow_id !== undefined && {
      workflowId: idOf(query.workflow_id, () =>
        invalidField("workflow_id", {
          fr: "« workflow_id » est le numéro d’une combinaison.",
          en: "“workflow_id” is the number of a workflow.",
        }),
      ),
    }),
  };
}

/** @throws RelaisError `invalid_request` where the body holds what its decision does not use. */
function decisionOf(body: z.output<typeof decisionBodySchema>): DecisionRequest {
  if (body.cap_usd !== undefined && body.decision !== "raise_cap") throw invalidField("cap_usd", CAP_RULE);
  return {
    decision: body.decision,
    stepNumber: body.step_number,
    ...(body.item !== undefined && { item: body.item }),
    ...(body.cap_usd !== undefined && { capNanoUsd: usdToNanoUsd(body.cap_usd) }),
    ...(body.output !== undefined && { output: editedOutputOf(body) }),
  };
}

const CAP_RULE: LocalText = {
  fr: "« cap_usd » ne va qu’avec la décision « raise_cap » ; retirez-le.",
  en: "“cap_usd” goes with the decision “raise_cap” only; take it out.",
};

async function stateOf(dependencies: AppDependencies, id: number) {
  const { status } = await requireExecution(dependencies, id);
  return { execution_id: id, status };
}

async function requireExecution({ db }: AppDependencies, id: number): Promise<ExecutionRow> {
  const row = await getExecution(db, id);
  if (!row) throw missingExecution(id);
  return row;
}

async function remove({ db, artifacts }: AppDependencies, id: number): Promise<void> {
  const removal = await db.transaction().execute((trx) => removeExecution(trx, id, new Date().toISOString()));
  if (removal.state === "not_found") throw missingExecution(id);
  if (removal.state === "under_way") {
    throw new RelaisError("conflict", {
      fr: `L’exécution ${id} n’est pas finie, ou un de ses appels est encore en route. Rien n’a été supprimé ; annulez-la d’abord, ou attendez sa fin.`,
      en: `Execution ${id} has not ended, or one of its calls is still out. Nothing was removed; cancel it first, or wait for its end.`,
    });
  }
  for (const hash of removal.hashes) await artifacts.remove(hash);
}
