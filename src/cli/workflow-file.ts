import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf, type Problem } from "../errors.ts";
import { readSharedWorkflow, type SharedWorkflow } from "../workflow/shared-workflow.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";

export type WorkflowDocument = SharedWorkflow;

/**
 * Reads a workflow from a JSON or YAML file: what the page exports, what `POST /workflows` takes, or a bare list of steps,
 * which is then named after the file.
 * @throws CommandFailure when the file cannot be read or is neither.
 */
export function readWorkflowFile(file: string): { workflow: WorkflowDocument } | { problems: Problem[] } {
  const read = readSharedWorkflow(textOf(file), path.parse(file).name);
  if (!("unreadable" in read)) return read;
  const { fr, en } = read.unreadable;
  throw new CommandFailure({ fr: `${file}\u00a0: ${fr}`, en: `${file}: ${en}` }, EXIT.usage);
}

/** Problems as lines of a terminal, each with its path. */
export function problemLines(problems: readonly Problem[], language: "fr" | "en"): string {
  return problems.map(({ path: place, message }) => `  ${place}: ${message[language]}`).join("\n");
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new CommandFailure(
        {
          fr: `Il n’y a pas de fichier ${file}. Vérifiez son nom et son dossier. Rien n’a été lancé ni dépensé.`,
          en: `There is no file ${file}. Check its name and its folder. Nothing was started or spent.`,
        },
        EXIT.usage,
      );
    }
    const reason = messageOf(error);
    throw new CommandFailure(
      { fr: `${file} ne peut pas être lu : ${reason}`, en: `${file} cannot be read: ${reason}` },
      EXIT.usage,
    );
  }
}
