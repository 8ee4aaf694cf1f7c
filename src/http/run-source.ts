import { getWorkflow, type WorkflowRow } from "../db/workflow-store.ts";
import { RelaisError, type Language, type LocalText } from "../errors.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { findTemplate, localizeTemplate } from "../workflow/templates.ts";
import type { AppDependencies } from "./dependencies.ts";
import { invalidField, missingTemplate, missingWorkflow, parseId } from "./path-id.ts";
import { userTemplateId } from "./templates.ts";

/** What is to be run, wherever it comes from. */
export interface RunSource extends WorkflowDefinition {
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
}

/** The fields of a request that say what is meant. */
export interface SourceBody {
  steps?: WorkflowDefinition["steps"] | undefined;
  workflow_id?: number | undefined;
  template_id?: string | undefined;
  title?: string | undefined;
}

/**
 * Finds what is to be run.
 * @throws RelaisError `invalid_request` where not exactly one source is named, `not_found` where it is not there.
 */
export async function sourceOf(
  dependencies: AppDependencies,
  body: SourceBody,
  language: Language,
): Promise<RunSource> {
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
): Promise<RunSource> {
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

function workflowSource(row: WorkflowRow, templateId: string | null): RunSource {
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
