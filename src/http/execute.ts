import { createRoute, type z } from "@hono/zod-openapi";
import { getWorkflow, type WorkflowRow } from "../db/workflow-store.ts";
import type { NewExecution } from "../engine/engine.ts";
import { RelaisError, type Language, type LocalText } from "../errors.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { findTemplate, localizeTemplate } from "../workflow/templates.ts";
import { checkInputs, withDefaults } from "../workflow/validation.ts";
import { apiRoutes, invalid } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { acceptLiveRun, stepModels } from "./live-run.ts";
import { invalidField, missingTemplate, missingWorkflow, parseId } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { executeAnswerSchema, executeBodySchema } from "./schemas.ts";
import { userTemplateId } from "./templates.ts";
import { acceptWorkflow } from "./workflow-rules.ts";

type ExecuteRequest = z.output<typeof executeBodySchema>;

/** What is to be run, wherever it comes from. */
interface Source extends WorkflowDefinition {
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
}

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
    const source = await sourceOf(dependencies, body, c.get("language"));
    const execution = acceptExecution(dependencies, body, source);
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
      },
      202,
    );
  });
}

/** Holds the request to every rule; nothing is stored or spent here. */
function acceptExecution(
  { registry, prices, settings }: AppDependencies,
  body: ExecuteRequest,
  source: Source,
): NewExecution {
  acceptWorkflow(source, registry);
  const given = { topic: body.initial_input, inputs: body.inputs };
  const problems = checkInputs(source, given);
  if (problems.length > 0) throw invalid(problems);
  if (body.reuse) throw reuseNotSupported();
  const capNanoUsd = body.cap_usd === null ? settings.defaultCapNanoUsd : usdToNanoUsd(body.cap_usd);
  if (body.mode === "live") {
    const models = stepModels(source.steps, registry);
    acceptLiveRun(models, { registry, prices, hasCap: capNanoUsd !== null, unpriced: body.unpriced });
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
  };
}

async function sourceOf(
  dependencies: AppDependencies,
  body: ExecuteRequest,
  language: Language,
): Promise<Source> {
  const given = (["workflow_id", "template_id", "steps"] as const).filter((name) => body[name] !== undefined);
  if (given.length !== 1) throw notExactlyOne(given);
  if (body.steps) {
    const { steps, title = null } = body;
    return { workflowId: null, templateId: null, title, steps, inputs: [] };
  }
  if (body.title !== undefined) throw invalidField("title", TITLE_RULE);
  if (body.template_id !== undefined) return templateSource(dependencies, body.template_id, language);
  const id = body.workflow_id ?? 0;
  return workflowSource(await findWorkflow(dependencies, id), null);
}

async function findWorkflow({ db }: AppDependencies, id: number): Promise<WorkflowRow> {
  const row = Number.isSafeInteger(id) && id > 0 ? await getWorkflow(db, id) : undefined;
  if (!row) throw missingWorkflow(id);
  return row;
}

async function templateSource(
  { db }: AppDependencies,
  templateId: string,
  language: Language,
): Promise<Source> {
  const shipped = findTemplate(templateId);
  if (shipped) {
    const { steps, inputs, name } = localizeTemplate(shipped, language);
    return { workflowId: null, templateId, title: name, steps, inputs };
  }
  const id = parseId(templateId.replace(/^workflow-/, ""));
  const row = id !== null && templateId === userTemplateId(id) ? await getWorkflow(db, id) : undefined;
  if (!row?.isTemplate) throw missingTemplate(templateId);
  return workflowSource(row, templateId);
}

function workflowSource(row: WorkflowRow, templateId: string | null): Source {
  return { workflowId: row.id, templateId, title: row.name, steps: row.steps, inputs: row.inputs };
}

const TITLE_RULE: LocalText = {
  fr: "« title » ne va qu’avec « steps » : une combinaison ou un template porte déjà un nom.",
  en: "“title” goes with “steps” only: a workflow or template has a name already.",
};

function notExactlyOne(given: string[]): RelaisError {
  const message: LocalText = {
    fr: "Donnez exactement un de « workflow_id », « template_id » et « steps ».",
    en: "Give exactly one of “workflow_id”, “template_id” and “steps”.",
  };
  const paths = given.length === 0 ? ["workflow_id"] : given;
  return new RelaisError(
    "invalid_request",
    { fr: `${message.fr} Rien n’a été dépensé.`, en: `${message.en} Nothing was spent.` },
    paths.map((path) => ({ path, message })),
  );
}

function reuseNotSupported(): RelaisError {
  const message: LocalText = {
    fr: "Cette version de Relais ne réutilise pas encore de résultats ; enlevez « reuse ».",
    en: "This version of Relais does not reuse results yet; take “reuse” out.",
  };
  return new RelaisError(
    "not_supported_yet",
    { fr: `${message.fr} Rien n’a été dépensé.`, en: `${message.en} Nothing was spent.` },
    [{ path: "reuse", message }],
  );
}
