import type { Language } from "../../../../src/errors.ts";
import { stepSchema, type Step, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { checkWorkflow } from "../../../../src/workflow/validation.ts";

/** Sentences with the place that they are about, such as `steps[2].prompt`. */
export type PlacedMessages = readonly { path: string; message: string }[];

export interface DraftCheck {
  problems: PlacedMessages;
  warnings: PlacedMessages;
  /** Whether all is written and nothing is wrong, so that the server would take it. */
  isSound: boolean;
}

interface DraftToCheck {
  steps: readonly Step[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
  language: Language;
  /** YYYY-MM-DD. */
  today: string;
}

/**
 * What can be said of a draft before it is sent. Steps whose fields are not filled in yet are left to the server, so
 * that nobody is scolded for a prompt that they are about to write.
 */
export function checkDraft({ steps, inputs, catalogue, language, today }: DraftToCheck): DraftCheck {
  const isWritten = steps.every((step) => stepSchema.safeParse(step).success);
  if (!isWritten) {
    return { problems: [], warnings: [], isSound: false };
  }
  const check = checkWorkflow({ steps: [...steps], inputs: [...inputs] }, catalogue, { today });
  const place = (list: typeof check.problems) =>
    list.map((problem) => ({ path: problem.path, message: problem.message[language] }));
  const problems = place(check.problems);
  return { problems, warnings: place(check.warnings), isSound: problems.length === 0 };
}

/** Whether a path is that of a place or of something inside it. */
export function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`);
}

/** The sentences that are about a place or something inside it. */
export function messagesUnder(messages: PlacedMessages, path: string): string[] {
  const found = messages.filter((each) => isInside(each.path, path)).map((each) => each.message);
  // The page and the server may say the same thing.
  return [...new Set(found)];
}

/** The same in one sentence, for the foot of a field; null where there is nothing to say. */
export function messageUnder(messages: PlacedMessages, path: string): string | null {
  return messagesUnder(messages, path).join(" ") || null;
}

/** Fields of a step that the editor shows a problem beside. */
const SHOWN_FIELDS = [
  "name",
  "ai_provider",
  "prompt",
  "use_previous_output",
  "for_each",
  "parameters",
  "output_schema",
  "approval",
];

/** The sentences about a step that belong to none of its fields on the screen. */
export function messagesElsewhere(messages: PlacedMessages, stepPath: string): string[] {
  const shown = new Set(SHOWN_FIELDS.flatMap((field) => messagesUnder(messages, `${stepPath}.${field}`)));
  return messagesUnder(messages, stepPath).filter((message) => !shown.has(message));
}

/** The first step that sentences are about, from 0; null where they are about none. */
export function firstFaultyStep(messages: PlacedMessages): number | null {
  const indexes = messages.flatMap(({ path }) => {
    const index = /^steps\[(\d+)\]/.exec(path)?.[1];
    return index === undefined ? [] : [Number(index)];
  });
  return indexes.length === 0 ? null : Math.min(...indexes);
}
