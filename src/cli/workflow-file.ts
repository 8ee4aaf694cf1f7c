import { readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { workflowBodySchema } from "../http/schemas.ts";
import { messageOf, type Problem } from "../errors.ts";
import { problemsOfZodError } from "../workflow/validation.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";

export type WorkflowDocument = z.output<typeof workflowBodySchema>;

/**
 * Reads a workflow from a JSON file: what `POST /workflows` takes, or a bare list of steps, which is then named after
 * the file.
 * @throws CommandFailure when the file cannot be read or is not JSON.
 */
export function readWorkflowFile(file: string): { workflow: WorkflowDocument } | { problems: Problem[] } {
  const content = parse(file);
  const body: unknown = Array.isArray(content) ? { name: path.parse(file).name, steps: content } : content;
  const read = workflowBodySchema.safeParse(body);
  return read.success ? { workflow: read.data } : { problems: problemsOfZodError(read.error) };
}

/** Problems as lines of a terminal, each with its path. */
export function problemLines(problems: readonly Problem[], language: "fr" | "en"): string {
  return problems.map(({ path: place, message }) => `  ${place}: ${message[language]}`).join("\n");
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = messageOf(error);
    throw new CommandFailure(
      error instanceof SyntaxError
        ? { fr: `${file} n’est pas du JSON valide : ${reason}`, en: `${file} is not valid JSON: ${reason}` }
        : { fr: `${file} ne peut pas être lu : ${reason}`, en: `${file} cannot be read: ${reason}` },
      EXIT.usage,
    );
  }
}
