import { parseDocument, stringify } from "yaml";
import { z } from "zod";
import type { LocalText, Problem } from "../errors.ts";
import {
  MAX_NAME_CHARACTERS,
  MAX_STEPS,
  stepSchema,
  workflowInputSchema,
  type Step,
  type WorkflowDefinition,
} from "./definition.ts";
import { problemsOfZodError } from "./schema-problems.ts";
import type { Json } from "./values.ts";

/** A workflow as a file to give to others: JSON or YAML, and nothing in it but what it is. */

const FORMATS = ["json", "yaml"] as const;
export type SharedFormat = (typeof FORMATS)[number];

/** More than twenty steps with the longest prompts that anybody writes. */
export const MAX_SHARED_BYTES = 4 * 1024 * 1024;
/** A file that repeats itself by aliases would grow without end when it is read. */
const MAX_ALIASES = 50;

const sharedSchema = z.strictObject({
  /** Says what the file is; the number goes up when older programs cannot read it any more. */
  relais_workflow: z.literal(1).optional(),
  name: z.string().trim().min(1).max(MAX_NAME_CHARACTERS),
  description: z.string().max(2_000).default(""),
  inputs: z.array(workflowInputSchema).max(20).default([]),
  steps: z.array(stepSchema).min(1).max(MAX_STEPS),
  is_template: z.boolean().default(false),
});

export type SharedWorkflow = z.output<typeof sharedSchema>;

export type ReadShared = { workflow: SharedWorkflow } | { unreadable: LocalText } | { problems: Problem[] };

/**
 * Reads a file, JSON or YAML: what `writeSharedWorkflow` wrote, what `POST /workflows` takes, or a bare list of steps, which is
 * then called `name`. Nothing in it is carried out or looked up.
 */
export function readSharedWorkflow(text: string, name: string): ReadShared {
  if (text.length > MAX_SHARED_BYTES) return { unreadable: TOO_LONG };
  if (text.trim() === "") return { unreadable: EMPTY };
  const content = parse(text);
  if ("unreadable" in content) return content;
  const { value } = content;
  const read = sharedSchema.safeParse(Array.isArray(value) ? { name, steps: value } : value);
  return read.success ? { workflow: read.data } : { problems: problemsOfZodError(read.error) };
}

/** JSON is YAML too, but its own reader says best what is wrong with it. */
function parse(text: string): { value: unknown } | { unreadable: LocalText } {
  try {
    if (/^\s*[[{]/.test(text)) return { value: JSON.parse(text) };
    const document = parseDocument(text, { schema: "core", prettyErrors: true, uniqueKeys: true });
    const [error] = document.errors;
    if (error) return { unreadable: unreadable(error.message) };
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return { unreadable: unreadable(error instanceof Error ? error.message : "") };
  }
}

const TOO_LONG: LocalText = {
  fr: "Ce fichier est trop long pour être une combinaison.",
  en: "This file is too long to be a workflow.",
};

const EMPTY: LocalText = { fr: "Il n’y a rien à lire.", en: "There is nothing to read." };

/** Readers say what is wrong in English only; in French the place is said, which both name in the same way. */
function unreadable(reason: string): LocalText {
  const [, line, column] = /line (\d+),? column (\d+)/.exec(reason) ?? [];
  const place = line === undefined ? reason : `voyez la ligne ${line}, colonne ${column}.`;
  return {
    fr: `Ce n’est ni du JSON ni du YAML valide\u00a0: ${place}`,
    en: `This is neither valid JSON nor valid YAML: ${reason}`,
  };
}

/** The workflow as a file, without ids, dates or keys; steps say only what differs from the defaults. */
export function writeSharedWorkflow(
  { name, description, steps, inputs }: WorkflowDefinition & { name: string; description: string },
  format: SharedFormat,
): string {
  const shared = {
    relais_workflow: 1,
    name,
    ...(description !== "" && { description }),
    ...(inputs.length > 0 && { inputs }),
    steps: steps.map(withoutDefaults),
  };
  if (format === "yaml") return stringify(shared, { lineWidth: 100, blockQuote: "literal" });
  return `${JSON.stringify(shared, null, 2)}\n`;
}

function withoutDefaults(step: Step): Record<string, unknown> {
  const { step_number, ai_provider, prompt } = step;
  const usual: Partial<Record<string, unknown>> = stepSchema.parse({ step_number, ai_provider, prompt });
  const told = Object.entries(step).filter(
    ([field, value]) => value !== null && JSON.stringify(value) !== JSON.stringify(usual[field]),
  );
  const first = { step_number, ...(step.name && { name: step.name }), ai_provider, prompt };
  return { ...first, ...Object.fromEntries(told) };
}

/** How keys of vendors begin: what people paste into a prompt by mistake. */
const KEY = /\b(?:sk-(?:ant-|proj-)?|xai-|gsk_|r8_|key_|AIza|hf_|pplx-|fw_)[A-Za-z0-9_-]{16,}/;

/** Names of the steps whose text looks as if it held a key; a file that is given away should hold none. */
export function stepsWithKeys(steps: readonly Step[]): number[] {
  return steps
    .filter(
      ({ prompt, parameters }) => KEY.test(prompt) || textsIn(parameters).some((text) => KEY.test(text)),
    )
    .map(({ step_number }) => step_number);
}

function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
