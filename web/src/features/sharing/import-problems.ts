import type { Language } from "../../../../src/errors.ts";
import type { ReadShared } from "../../../../src/workflow/shared-workflow.ts";

/** What is wrong with a file, and where in it; `path` is empty where it is about all of it. */
export interface ImportProblem {
  path: string;
  message: string;
}

const MAX_SHOWN = 8;

export function problemsOfText(
  read: Exclude<ReadShared, { workflow: unknown }>,
  language: Language,
): ImportProblem[] {
  if ("unreadable" in read) return [{ path: "", message: read.unreadable[language] }];
  return read.problems.slice(0, MAX_SHOWN).map(({ path, message }) => ({ path, message: message[language] }));
}
