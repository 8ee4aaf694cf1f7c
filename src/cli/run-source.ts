import { z } from "zod";
import { templateListSchema, workflowSchema, type ExecuteBody } from "../http/schemas.ts";
import type { WorkflowInput } from "../workflow/definition.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import { API } from "./follow.ts";
import { problemLines, readWorkflowFile, type WorkflowDocument } from "./workflow-file.ts";

/** What `relais run` was asked to run. */
export type RunTarget =
  | { kind: "file"; workflow: WorkflowDocument }
  | { kind: "workflow"; id: number }
  | { kind: "template"; id: string };

/**
 * A number is a saved workflow, a name with `.json`, `.yaml` or `.yml` a file, anything else a template.
 * @throws CommandFailure when the file cannot be read or breaks a rule of form.
 */
export function readTarget(target: string): RunTarget {
  if (/^\d+$/.test(target)) return { kind: "workflow", id: Number(target) };
  if (!/\.(?:json|ya?ml)$/i.test(target)) return { kind: "template", id: target };
  const read = readWorkflowFile(target);
  if ("workflow" in read) return { kind: "file", workflow: read.workflow };
  const lines = (language: "fr" | "en"): string => problemLines(read.problems, language);
  throw new CommandFailure(
    {
      fr: `${target} n’est pas valide, rien n’a été lancé :\n${lines("fr")}`,
      en: `${target} is not valid, nothing was started:\n${lines("en")}`,
    },
    EXIT.usage,
  );
}

/** What goes into `POST /execute` to name what is run. */
export interface RunSource {
  body: Pick<ExecuteBody, "workflow_id" | "template_id" | "steps" | "title">;
  inputs: WorkflowInput[];
  /** Id of a workflow that is only there for this run, to be taken away once it has started; null: there is none. */
  temporaryWorkflowId: number | null;
}

/**
 * Finds what is to be run. The steps of a file go along with the request; where the file declares inputs, it is saved
 * as a workflow for the moment in which the execution starts, since only a workflow has inputs.
 */
export async function openSource(client: Client, target: RunTarget): Promise<RunSource> {
  if (target.kind === "template") {
    const { templates } = await client.json(templateListSchema, `${API}/templates`);
    const template = templates.find(({ id }) => id === target.id);
    if (template === undefined) throw noTemplate(target.id);
    return { body: { template_id: target.id }, inputs: template.inputs, temporaryWorkflowId: null };
  }
  if (target.kind === "workflow") {
    const { inputs } = await client.json(workflowSchema, `${API}/workflows/${target.id}`);
    return { body: { workflow_id: target.id }, inputs, temporaryWorkflowId: null };
  }
  const { name, steps, inputs: declared } = target.workflow;
  if (declared.length === 0) return { body: { steps, title: name }, inputs: [], temporaryWorkflowId: null };
  const body = JSON.stringify({ ...target.workflow, is_template: false });
  const { id, inputs } = await client.json(workflowSchema, `${API}/workflows`, { method: "POST", body });
  return { body: { workflow_id: id }, inputs, temporaryWorkflowId: id };
}

function noTemplate(id: string): CommandFailure {
  return new CommandFailure(
    {
      fr: `Il n’y a pas de template « ${id} ». Rien n’a été lancé ni dépensé. \`relais templates\` en donne la liste ; un fichier finit par .json ou .yaml.`,
      en: `There is no template “${id}”. Nothing was started or spent. \`relais templates\` lists them; a file ends in .json or .yaml.`,
    },
    EXIT.usage,
  );
}

/** Takes away what was only there for this run; executions keep their own copy of the steps. */
export async function closeSource(client: Client, { temporaryWorkflowId: id }: RunSource): Promise<void> {
  if (id !== null) await client.fetch(`${API}/workflows/${id}`, { method: "DELETE" });
}

/**
 * Reads `name=value` pairs; what the workflow declares as a number becomes one.
 * @throws CommandFailure when a pair has no `=`.
 */
export function readInputs(
  pairs: readonly string[],
  declared: readonly WorkflowInput[],
): Record<string, string | number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const place = pair.indexOf("=");
      if (place < 1) throw wrongInput(pair);
      const [name, value] = [pair.slice(0, place), pair.slice(place + 1)];
      const isNumber = declared.some((input) => input.name === name && input.type === "number");
      const number = z.coerce.number().safeParse(value);
      return [name, isNumber && value.trim() !== "" && number.success ? number.data : value];
    }),
  );
}

function wrongInput(pair: string): CommandFailure {
  return new CommandFailure(
    {
      fr: `« ${pair} » n’est pas une entrée : écrivez --input nom=valeur. Rien n’a été lancé.`,
      en: `“${pair}” is not an input: write --input name=value. Nothing was started.`,
    },
    EXIT.usage,
  );
}
