import { z } from "zod";

export const MAX_STEPS = 20;
export const MAX_PROMPT_CHARACTERS = 100_000;
export const MAX_NAME_CHARACTERS = 200;
export const MAX_INPUT_CHARACTERS = 100_000;
/** A year. */
const MAX_APPROVAL_HOURS = 8_760;

/** The longest list that a step with `for_each` runs over: more is a mistake, and would be a dear one. */
export const MAX_ITEMS = 1_000;

/** A letter or `_`, then letters, digits, `_` (ASCII): the one shape of every name that a reference can use. */
const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What one step of a workflow is on the wire. Rules that need other steps or the model list stand in `validation.ts`. */
export const stepSchema = z.strictObject({
  step_number: z.int().min(1).max(MAX_STEPS),
  name: z.string().max(64).regex(NAME_PATTERN).nullish(),
  ai_provider: z.string().min(1).max(200),
  prompt: z.string().min(1).max(MAX_PROMPT_CHARACTERS),
  use_previous_output: z.boolean().default(false),
  parameters: z.record(z.string(), z.json()).default({}),
  output_schema: z.record(z.string(), z.json()).nullable().default(null),
  for_each: z
    .strictObject({ in: z.string().min(1), max_parallel: z.int().min(1).max(50).default(3) })
    .nullable()
    .default(null),
  approval: z
    .union([z.boolean(), z.strictObject({ timeout_hours: z.number().gt(0).max(MAX_APPROVAL_HOURS) })])
    .default(false),
  retry: z.strictObject({ max_attempts: z.int().min(1).max(10).default(3) }).default({ max_attempts: 3 }),
  timeout_seconds: z.int().min(1).max(86_400).default(600),
  on_error: z.enum(["fail", "continue"]).default("fail"),
});

/** A step with its defaults filled in. */
export type Step = z.output<typeof stepSchema>;
/** A step as a person may write it: defaults left out. */
export type StepDraft = z.input<typeof stepSchema>;

/** A value that a workflow asks for beside its `topic`. `choices` goes with type `choice` only. */
export const workflowInputSchema = z.strictObject({
  name: z.string().max(64).regex(NAME_PATTERN),
  label: z.string().min(1).max(MAX_NAME_CHARACTERS),
  type: z.enum(["text", "number", "choice", "file"]),
  choices: z.array(z.string().min(1).max(MAX_NAME_CHARACTERS)).min(1).max(100).optional(),
  default: z.union([z.string().max(MAX_INPUT_CHARACTERS), z.number()]).optional(),
  required: z.boolean().default(false),
});

export type WorkflowInput = z.output<typeof workflowInputSchema>;

/** What a workflow is made of, whether saved, shipped as a template or sent with `POST /execute`. */
export interface WorkflowDefinition {
  steps: Step[];
  inputs: WorkflowInput[];
}

/** One place in an execution that is worked on: a step, or one item of a step that maps over a list (item -1: no items). */
export interface StepKey {
  stepNumber: number;
  item: number;
}

/** The `item` of a step that does not map over a list. */
export const NO_ITEM = -1;
