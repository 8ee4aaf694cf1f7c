import { z } from "@hono/zod-openapi";
import { RelaisError, type LocalText } from "../errors.ts";

const ID = /^[1-9]\d{0,15}$/;

/** The id of a workflow or an execution in a path. Read with `idOf`: what is not an id is not found, rather than invalid. */
export const idPathSchema = z.object({
  id: z.string().openapi({ param: { name: "id", in: "path" }, type: "integer", minimum: 1, example: "12" }),
});

/** The id that a path or a body holds; null where it can be no id. */
export function parseId(text: string): number | null {
  const id = ID.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

/** The id of a path. @throws RelaisError `not_found` where it can be none. */
export function idOf(text: string, missing: (id: string) => RelaisError): number {
  const id = parseId(text);
  if (id === null) throw missing(text);
  return id;
}

export function missingWorkflow(id: string | number): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas de combinaison ${shown(id)}, ou elle a été supprimée. Rien n’a été dépensé ; la liste est à /api/combinations/workflows.`,
    en: `There is no workflow ${shown(id)}, or it was deleted. Nothing was spent; the list is at /api/combinations/workflows.`,
  });
}

export function missingVersion(workflowId: number, version: string | number): RelaisError {
  return new RelaisError("not_found", {
    fr: `La combinaison ${workflowId} n’a pas de version ${shown(version)}. Rien n’a changé ; la liste est à /api/combinations/workflows/${workflowId}/versions.`,
    en: `Workflow ${workflowId} has no version ${shown(version)}. Nothing has changed; the list is at /api/combinations/workflows/${workflowId}/versions.`,
  });
}

export function missingTemplate(id: string): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas de template « ${shown(id)} ». Rien n’a été dépensé ; la liste est à /api/combinations/templates.`,
    en: `There is no template “${shown(id)}”. Nothing was spent; the list is at /api/combinations/templates.`,
  });
}

export function missingExecution(id: string | number): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas d’exécution ${shown(id)}, ou elle a été supprimée. La liste est à /api/combinations/executions.`,
    en: `There is no execution ${shown(id)}, or it was deleted. The list is at /api/combinations/executions.`,
  });
}

export function missingBatch(id: string | number): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas de lot ${shown(id)}. Rien n’a été dépensé ; la liste est à /api/combinations/batches.`,
    en: `There is no batch ${shown(id)}. Nothing was spent; the list is at /api/combinations/batches.`,
  });
}

export function missingArtifact(id: string): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas de fichier « ${shown(id)} », ou son exécution a été supprimée.`,
    en: `There is no file “${shown(id)}”, or its execution was deleted.`,
  });
}

/** One wrong field, as a whole problem. */
export function invalidField(path: string, message: LocalText): RelaisError {
  return new RelaisError(
    "invalid_request",
    {
      fr: `La requête n’est pas valide : ${message.fr} Rien n’a été fait ni dépensé.`,
      en: `The request is not valid: ${message.en} Nothing was done or spent.`,
    },
    [{ path, message }],
  );
}

/** What a person sent, short enough to be shown again. */
function shown(id: string | number): string {
  return String(id).slice(0, 80);
}
