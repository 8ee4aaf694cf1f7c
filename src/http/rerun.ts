import { createRoute } from "@hono/zod-openapi";
import type { StoredEstimate } from "../db/stored-values.ts";
import { scopeOf } from "../engine/budgets.ts";
import { savedBy } from "../engine/taken-over.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import { apiRoutes } from "./api-routes.ts";
import { costOfSteps, estimateOf, toStoredEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { viewEstimateOfSteps } from "./estimate.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { localize } from "./language.ts";
import { acceptLiveRun, missingSettings, stepModels } from "./live-run.ts";
import { idOf, idPathSchema, missingExecution } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { itemsLeftOf, madeSteps, planRequest, type PlannedRerun } from "./rerun-request.ts";
import {
  rerunAnswerSchema,
  rerunBodySchema,
  rerunEstimateSchema,
  type RerunEstimate,
} from "./rerun-schemas.ts";

const BODY = { required: true, content: { "application/json": { schema: rerunBodySchema } } } as const;

const rerunRoute = createRoute({
  method: "post",
  path: "/executions/{id}/rerun",
  operationId: "rerunExecution",
  summary: "Make a new execution of an earlier one, whose results are kept for $0",
  description:
    "Makes from_step and all that depends on it again, and whatever has no result. A result is kept only where nothing that it depends on is made again, replaced or changed. The earlier execution does not change.",
  request: { params: idPathSchema, headers: IDEMPOTENCY_HEADER, body: BODY },
  responses: {
    202: {
      description: "Stored, and on its way",
      headers: { Location: { schema: { type: "string" }, description: "The address of the new execution" } },
      content: { "application/json": { schema: rerunAnswerSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

const estimateRoute = createRoute({
  method: "post",
  path: "/executions/{id}/rerun/estimate",
  operationId: "estimateRerun",
  summary: "Which results would be kept, what they saved, and what the rest is likely to cost; nothing runs",
  request: { params: idPathSchema, body: BODY },
  responses: {
    200: {
      description: "Per step and in all",
      content: { "application/json": { schema: rerunEstimateSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

export function rerunRoutes(dependencies: AppDependencies) {
  const { engine } = dependencies;
  return apiRoutes()
    .openapi(rerunRoute, async (c) => {
      const language = c.get("language");
      const id = idOf(c.req.valid("param").id, missingExecution);
      const planned = await planRequest(dependencies, { id, body: c.req.valid("json"), language });
      const { execution, warnings } = planned;
      await acceptRerun(dependencies, planned, null);
      const estimate = await expectedCostOfRerun(dependencies, planned);
      const newId = await engine.create({ ...execution, estimate });
      const url = `${API_PATH}/executions/${newId}`;
      c.header("Location", url);
      return c.json(
        {
          execution_id: newId,
          status: "pending" as const,
          mode: execution.mode,
          total_steps: execution.steps.length,
          events_url: `${url}/events`,
          url,
          warnings: warnings.map(({ path, message }) => ({ path, message: localize(message, language) })),
          rerun_of: id,
          reused_steps: reusedSteps(planned),
          made_steps: madeSteps(planned).map(({ step_number }) => step_number),
        },
        202,
      );
    })
    .openapi(estimateRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      const request = { id, body: c.req.valid("json"), language: c.get("language") };
      return c.json(await viewPlan(dependencies, await planRequest(dependencies, request)), 200);
    });
}

/**
 * @param batchId the batch under whose cap it will run; null: none, as for one that is run again by itself.
 * @throws RelaisError where what is made could only fail or overspend.
 */
export async function acceptRerun(
  { registry, prices, engine }: AppDependencies,
  planned: PlannedRerun,
  batchId: number | null,
): Promise<void> {
  const { execution } = planned;
  if (execution.mode === "rehearsal") return;
  const { capNanoUsd, unpriced } = execution;
  const hasCap = capNanoUsd !== null || (await engine.caps.hasAny(scopeOf(execution), batchId));
  acceptLiveRun(stepModels(madeSteps(planned), registry), { registry, prices, hasCap, unpriced });
}

/** What a live run is expected to cost, of the steps that are made. */
export async function expectedCostOfRerun(
  dependencies: AppDependencies,
  planned: PlannedRerun,
): Promise<StoredEstimate | null> {
  const { execution, origin } = planned;
  if (execution.mode === "rehearsal") return null;
  const { steps } = await estimateOf(dependencies, {
    definition: execution,
    origin,
    topic: execution.initialInput,
    inputs: execution.inputs,
  });
  const numbers = new Set(madeSteps(planned).map(({ step_number }) => step_number));
  const made = steps.filter(({ stepNumber }) => numbers.has(stepNumber));
  return toStoredEstimate({ steps: made, total: costOfSteps(made, execution.steps, dependencies.registry) });
}

async function viewPlan(dependencies: AppDependencies, planned: PlannedRerun): Promise<RerunEstimate> {
  const { registry } = dependencies;
  const { origin, plan, execution } = planned;
  const made = madeSteps(planned);
  const numbers = new Set(made.map(({ step_number }) => step_number));
  const isLive = execution.mode === "live";
  const estimate = await estimateOf(dependencies, {
    definition: execution,
    origin,
    topic: execution.initialInput,
    inputs: execution.inputs,
    itemsLeft: itemsLeft(planned),
  });
  const steps = isLive ? estimate.steps.filter(({ stepNumber }) => numbers.has(stepNumber)) : [];
  const saved = plan.map((step) => savedByStep(step, planned));
  return {
    ...viewEstimateOfSteps({ steps, total: costOfSteps(steps, execution.steps, registry) }),
    missing_settings: isLive ? missingSettings(stepModels(made, registry), registry) : [],
    rerun_of: origin.id,
    mode: execution.mode,
    reused_count: reusedSteps(planned).length,
    made_count: made.length,
    saved_usd: nanoUsdToUsd(saved.reduce<number>((sum, nanoUsd) => sum + (nanoUsd ?? 0), 0)),
    plan: plan.map((step, index) => ({
      step_number: step.stepNumber,
      name: execution.steps.find(({ step_number }) => step_number === step.stepNumber)?.name ?? null,
      action: actionOf(step, planned),
      reason: step.action === "make" && itemsLeftOf(step, planned) !== 0 ? step.reason : null,
      kept_items: step.action === "replace" ? [] : step.items,
      saved_usd: saved[index] === null || saved[index] === undefined ? null : nanoUsdToUsd(saved[index]),
    })),
  };
}

/** A take is chosen, rather than given by hand. */
function actionOf(
  step: PlannedRerun["plan"][number],
  planned: PlannedRerun,
): RerunEstimate["plan"][number]["action"] {
  const isGiven = step.action === "replace" || itemsLeftOf(step, planned) === 0;
  if (!isGiven) return step.action;
  return takesOf(planned, step.stepNumber).length > 0 ? "take" : "replace";
}

/** Steps whose results cost nothing, since they were paid for already. */
function reusedSteps(planned: PlannedRerun): number[] {
  return planned.plan
    .filter((step) => ["reuse", "take"].includes(actionOf(step, planned)))
    .map(({ stepNumber }) => stepNumber);
}

/** The takes that are chosen for a step, or for items of it. */
function takesOf({ execution }: PlannedRerun, stepNumber: number) {
  const replaced = execution.rerun?.replaced ?? [];
  return replaced.flatMap(({ key, taken }) => (key.stepNumber === stepNumber && taken ? [taken] : []));
}

/** How many items are made of the steps of which some are kept. */
function itemsLeft(planned: PlannedRerun): Map<number, number> {
  return new Map(
    planned.plan.flatMap((step): [number, number][] => {
      const left = itemsLeftOf(step, planned);
      return left === null ? [] : [[step.stepNumber, left]];
    }),
  );
}

/** What the results of a step that are kept had cost; null: unknown, or none is kept. */
function savedByStep(step: PlannedRerun["plan"][number], planned: PlannedRerun): number | null {
  const { runs } = planned;
  const taken = takesOf(planned, step.stepNumber).map(({ savedNanoUsd }) => savedNanoUsd);
  if (step.action === "replace") return taken[0] ?? null;
  const ofStep = runs.filter(({ stepNumber }) => stepNumber === step.stepNumber);
  if (step.action === "reuse") {
    const whole = ofStep.find(({ item }) => item === NO_ITEM);
    return whole ? savedBy(whole) : null;
  }
  const kept = [...ofStep.filter(({ item }) => step.items.includes(item)).map(savedBy), ...taken];
  return kept.length === 0 ? null : kept.reduce<number>((sum, nanoUsd) => sum + (nanoUsd ?? 0), 0);
}
