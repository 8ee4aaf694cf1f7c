import type { LocalText } from "../errors.ts";

/** Longer answers are not shown to their model again: to be corrected, an answer has to be seen whole. */
export const MAX_REPAIRED_CHARACTERS = 60_000;

/** Problems that the model is told of; one often brings the others with it. */
export const MAX_REPAIR_PROBLEMS = 20;
export const MAX_PROBLEM_CHARACTERS = 300;

/** An answer that does not fit the schema of its step, and what is wrong with it: all that its correction is asked for with. */
export interface RepairRequest {
  answer: string;
  problems: LocalText[];
}

/** The prompt that asks for a correction: what was asked for, the answer, and why it is of no use. */
export function repairPrompt(prompt: string, { answer, problems }: RepairRequest): string {
  const listed = problems.map(({ en }) => `- ${en}`).join("\n");
  return `${prompt}\n\n<your_answer>\n${answer}\n</your_answer>\n\n${WRONG}\n${listed}\n\n${CORRECT}`;
}

const WRONG = "You have answered that before, and it cannot be used:";
const CORRECT =
  "Answer again with the corrected JSON. Keep what is right in it, and change only what is wrong.";

/** The most characters that a correction adds to a prompt, given those of the answer. */
export function repairCharactersAtMost(answerCharacters: number): number {
  const around = repairPrompt("", { answer: "", problems: [] }).length;
  const problems = MAX_REPAIR_PROBLEMS * (MAX_PROBLEM_CHARACTERS + "- \n".length);
  return around + Math.min(answerCharacters, MAX_REPAIRED_CHARACTERS) + problems;
}
