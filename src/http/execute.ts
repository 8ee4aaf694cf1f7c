import { createRoute, type z } from "@hono/zod-openapi";
import type { StoredEstimate } from "../db/stored-values.ts";
import { scopeOf } from "../engine/budgets.ts";
import type { NewExecution } from "../engine/engine.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { checkInputs, withDefaults } from "../workflow/validation.ts";
import { apiRoutes, invalid } from "./api-routes.ts";
import { capWarnings } from "./cap-warnings.ts";
import { estimateOf, toStoredEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { readInputFiles } from "./input-files.ts";
import { localize } from "./language.ts";
import { acceptLiveRun, stepModels } from "./live-run.ts";
import { problemResponses } from "./problem.ts";
import { sourceOf, type RunSource } from "./run-source.ts";
import { executeAnswerSchema, executeBodySchema } from "./schemas.ts";
import { acceptWorkflow } from "./workflow-rules.ts";

type ExecuteRequest = z.output<typeof executeBodySchema>;

const executeRoute = createRoute({
  method: "post",
  path: "/execute",
  operationId: "execute",
  summary: "Start an execution; it goes on in the background",
  description: "Takes exactly one of workflow_id, template_id and steps; a title goes with steps only.",
  request: {
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: executeBodySchema } } },
  },
  responses: {
    202: {
      description: "Stored, and on its way",
      headers: { Location: { schema: { type: "string" }, description: "The address of the execution" } },
      content: { "application/json": { schema: executeAnswerSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

export function executeRoutes(dependencies: AppDependencies) {
  return apiRoutes().openapi(executeRoute, async (c) => {
    const body = c.req.valid("json");
    const language = c.get("language");
    const source = await sourceOf(dependencies, body, language);
    const warnings = acceptWorkflow(source, dependencies.registry);
    const hasSharedCap = await dependencies.engine.caps.hasAny(scopeOf(source));
    const accepted = acceptExecution(dependencies, { body, source, hasSharedCap });
    const { db, registry: catalogue } = dependencies;
    const execution = {
      ...accepted,
      inputFiles: await readInputFiles(source, accepted.inputs, { db, catalogue }),
      estimate: await expectedCost(dependencies, accepted),
    };
    if (execution.mode === "live" && hasSharedCap) {
      warnings.push(...(await capWarnings(dependencies, execution)));
    }
    const id = await dependencies.engine.create(execution);
    const url = `${API_PATH}/executions/${id}`;
    c.header("Location", url);
    return c.json(
      {
        execution_id: id,
        status: "pending" as const,
        mode: execution.mode,
        total_steps: execution.steps.length,
        events_url: `${url}/events`,
        url,
        warnings: warnings.map(({ path, message }) => ({ path, message: localize(message, language) })),
      },
      202,
    );
  });
}

/** Holds the rest of the request to every rule; nothing is stored or spent here. */
function acceptExecution(
  { registry, prices, settings }: AppDependencies,
  request: { body: ExecuteRequest; source: RunSource; hasSharedCap: boolean },
): Omit<NewExecution, "estimate"> {
  const { body, source } = request;
  const given = { topic: body.initial_input, inputs: body.inputs };
  const problems = checkInputs(source, given);
  if (problems.length > 0) throw invalid(problems);
  const capNanoUsd = body.cap_usd === null ? settings.defaultCapNanoUsd : usdToNanoUsd(body.cap_usd);
  if (body.mode === "live") {
    const models = stepModels(source.steps, registry);
    const hasCap = capNanoUsd !== null || request.hasSharedCap;
    acceptLiveRun(models, { registry, prices, hasCap, unpriced: body.unpriced });
  }
  return {
    workflowId: source.workflowId,
    templateId: source.templateId,
    title: source.title,
    // The engine goes by the order of the numbers; a person may write steps in any order.
    steps: source.steps.toSorted((a, b) => a.step_number - b.step_number),
    initialInput: body.initial_input,
    inputs: withDefaults(source.inputs, body.inputs),
    mode: body.mode,
    capNanoUsd,
    unpriced: body.unpriced,
    reuse: body.reuse,
  };
}

/** What a live run is expected to cost, to be held against what it is charged; a rehearsal costs nothing. */
async function expectedCost(
  dependencies: AppDependencies,
  execution: Omit<NewExecution, "estimate">,
): Promise<StoredEstimate | null> {
  if (execution.mode === "rehearsal") return null;
  const { steps, workflowId, templateId, initialInput, inputs } = execution;
  const origin = { workflowId, templateId };
  return toStoredEstimate(
    await estimateOf(dependencies, { definition: { steps }, origin, topic: initialInput, inputs }),
  );
}
