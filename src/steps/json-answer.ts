import type { LocalText } from "../errors.ts";
import {
  MAX_PROBLEM_CHARACTERS,
  MAX_REPAIRED_CHARACTERS,
  MAX_REPAIR_PROBLEMS,
  type RepairRequest,
} from "../workflow/repair.ts";
import type { Json } from "../workflow/values.ts";
import { answerProblems } from "./answer-schema.ts";
import { UnusableOutput } from "./step-kind.ts";

/** Problems that a sentence names; one often brings the others with it. */
const NAMED_PROBLEMS = 2;

/**
 * The JSON that a text is, with or without a Markdown fence around it.
 * @throws UnusableOutput where it is none, or does not fit the schema.
 */
export function jsonAnswer(text: string, options: { schema: Record<string, Json>; isCutOff: boolean }): Json {
  const answer = parsed(withoutFence(text));
  // Asked again, it would be cut off again.
  if (answer === undefined && options.isCutOff) throw new UnusableOutput("unknown", CUT_OFF);
  if (answer === undefined) throw new UnusableOutput("unknown", NO_JSON, repairOf(text, [NO_JSON]));
  const problems = answerProblems(options.schema, answer);
  if (problems.length === 0) return answer;
  throw new UnusableOutput("unknown", misfit(problems), repairOf(text, problems));
}

/** What the answer can be corrected with; null where it is too long to be shown again. */
function repairOf(text: string, problems: readonly LocalText[]): RepairRequest | null {
  const answer = text.trim().toWellFormed();
  if (answer.length > MAX_REPAIRED_CHARACTERS) return null;
  return { answer, problems: problems.slice(0, MAX_REPAIR_PROBLEMS).map(shortened) };
}

/** Names in a problem may be those that the answer gave. */
function shortened({ fr, en }: LocalText): LocalText {
  return { fr: firstOf(fr), en: firstOf(en) };
}

function firstOf(text: string): string {
  return text.slice(0, MAX_PROBLEM_CHARACTERS).toWellFormed();
}

const FENCE = "```";

/** By looking for the fence, not by a pattern: who writes the text is not to be trusted with how long that takes. */
function withoutFence(text: string): string {
  const trimmed = text.trim();
  const firstLine = trimmed.indexOf("\n");
  if (!trimmed.startsWith(FENCE) || !trimmed.endsWith(FENCE) || firstLine === -1) return trimmed;
  return trimmed.slice(firstLine + 1, -FENCE.length);
}

function parsed(text: string): Json | undefined {
  try {
    const answer: Json = JSON.parse(text);
    // What is nested too deep to be written down again could never be stored.
    JSON.stringify(answer);
    return answer;
  } catch {
    return undefined;
  }
}

const CUT_OFF: LocalText = {
  fr: "Le JSON s’arrête à la limite de longueur\u00a0: augmentez «\u00a0max_output_tokens\u00a0».",
  en: "The JSON stops at the limit of length: raise “max_output_tokens”.",
};

const NO_JSON: LocalText = {
  fr: "Le texte n’est pas du JSON, que demande output_schema.",
  en: "The text is not JSON, which output_schema asks for.",
};

function misfit(problems: readonly LocalText[]): LocalText {
  const named = problems.slice(0, NAMED_PROBLEMS).map(shortened);
  const more = problems.length - named.length;
  const fr = named.map((problem) => problem.fr).join("\u202f; ");
  const en = named.map((problem) => problem.en).join("; ");
  return {
    fr: `Le JSON ne suit pas output_schema\u00a0: ${fr}${more > 0 ? ` (et ${more} de plus)` : ""}.`,
    en: `The JSON does not fit output_schema: ${en}${more > 0 ? ` (and ${more} more)` : ""}.`,
  };
}
