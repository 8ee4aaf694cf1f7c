import { fileOf, getArtifact } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";
import type { StoredFile } from "../db/stored-values.ts";
import type { Problem } from "../errors.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { fileInputProblems } from "../workflow/file-inputs.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { invalid } from "./api-routes.ts";

/**
 * The stored files that the inputs of a request name, by the name of the input.
 * @throws RelaisError `invalid_request` where one is not there, or goes into a model that does not take it.
 */
export async function readInputFiles(
  definition: WorkflowDefinition,
  inputs: Readonly<Record<string, string | number>>,
  context: { db: Db; catalogue: ModelCatalogue },
): Promise<Record<string, StoredFile>> {
  const { files, problems } = await findInputFiles(definition, inputs, context);
  if (problems.length > 0) throw invalid(problems);
  return files;
}

/** The same, with what is wrong beside it. */
export async function findInputFiles(
  definition: WorkflowDefinition,
  inputs: Readonly<Record<string, string | number>>,
  { db, catalogue }: { db: Db; catalogue: ModelCatalogue },
): Promise<{ files: Record<string, StoredFile>; problems: Problem[] }> {
  const files = new Map<string, StoredFile>();
  const problems: Problem[] = [];
  for (const { name, type } of definition.inputs) {
    const id = inputs[name] ?? "";
    if (type !== "file" || id === "") continue;
    const artifact = await getArtifact(db, String(id));
    if (artifact) files.set(name, fileOf(artifact));
    else problems.push({ path: `inputs.${name}`, message: NO_SUCH_FILE });
  }
  problems.push(...fileInputProblems(definition, files, catalogue));
  return { files: Object.fromEntries(files), problems };
}

const NO_SUCH_FILE = {
  fr: "Ce fichier n’est pas ou plus là : ce que personne n’utilise est supprimé après un jour. Envoyez-le de nouveau.",
  en: "This file is not there, or no longer: what nobody uses is removed after a day. Upload it again.",
};
