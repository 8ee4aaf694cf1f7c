import { z } from "@hono/zod-openapi";
import {
  MAX_INPUT_CHARACTERS,
  MAX_NAME_CHARACTERS,
  stepSchema,
  workflowInputSchema,
} from "../workflow/definition.ts";
import { MODALITIES } from "../workflow/media.ts";
import { COST_BASES } from "../workflow/money.ts";
import { DECISIONS, EXECUTION_STATUSES, WAITING_REASONS } from "../workflow/statuses.ts";
import { reachedCapSchema } from "./cap-schemas.ts";
import { executionCostsSchema } from "./cost-schemas.ts";

/** The wire forms: every name here is part of the public API. Money is a number of USD, times are ISO 8601 UTC. */

export const id = z.int().min(1);
const usd = z.number().min(0);
const time = z.iso.datetime();
const costBasis = z.enum(COST_BASES);
const executionStatus = z.enum(EXECUTION_STATUSES);
const stepStatus = z.enum([...EXECUTION_STATUSES, "skipped"]);
const mode = z.enum(["live", "rehearsal"]);

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .openapi("Problem");

/** Any JSON value. Described by its types alone: the document generator cannot follow a schema that holds itself. */
const json = z.json().openapi({ type: ["object", "array", "string", "number", "boolean", "null"] });

/** Made anew: schemas that were made before zod was extended for OpenAPI cannot be given a name. */
const stepWireSchema = z
  .strictObject({
    ...stepSchema.shape,
    parameters: z.record(z.string(), json).default({}),
    output_schema: z.record(z.string(), json).nullable().default(null),
  })
  .openapi("Step");

export const workflowBodySchema = z
  .strictObject({
    name: z.string().trim().min(1).max(MAX_NAME_CHARACTERS),
    description: z.string().max(2_000).default(""),
    steps: z.array(stepWireSchema).min(1).max(20),
    inputs: z.array(workflowInputSchema).max(20).default([]),
    is_template: z.boolean().default(false),
  })
  .openapi("WorkflowBody");

const warningsSchema = z.array(z.object({ path: z.string(), message: z.string() }));

export const workflowSchema = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    steps: z.array(stepWireSchema),
    inputs: z.array(workflowInputSchema),
    is_template: z.boolean(),
    execution_count: z.int(),
    created_at: time,
    updated_at: time,
    /** Things that are not wrong but worth knowing, such as a model that goes away. */
    warnings: warningsSchema,
  })
  .openapi("Workflow");

export const workflowListSchema = z
  .object({ workflows: z.array(workflowSchema), next_cursor: z.string().nullable() })
  .openapi("WorkflowList");

const templateSchema = z
  .object({
    id: z.string(),
    /** Set where the template is a user's own workflow. */
    workflow_id: id.nullable(),
    name: z.string(),
    description: z.string(),
    steps: z.array(stepWireSchema),
    inputs: z.array(workflowInputSchema),
    /** What a live run is likely to cost; null where a price is unknown. */
    estimated_cost: usd.nullable(),
    estimated_cost_low: usd.nullable(),
    estimated_cost_high: usd.nullable(),
    cost_basis: costBasis,
    estimated_seconds_low: z.int(),
    estimated_seconds_high: z.int(),
    /** Per step: what it makes and the model that a live run would call. */
    step_models: z.array(z.object({ step_number: z.int(), modality: z.enum(MODALITIES), model: z.string() })),
    /** Environment variables that a live run still needs. */
    missing_settings: z.array(z.string()),
  })
  .openapi("Template");

export const templateListSchema = z.object({ templates: z.array(templateSchema) }).openapi("TemplateList");

export const executeBodySchema = z
  .strictObject({
    workflow_id: z.number().optional(),
    template_id: z.string().optional(),
    steps: z.array(stepWireSchema).min(1).max(20).optional(),
    /** What the history calls an execution of `steps`; workflows and templates have a name already. */
    title: z.string().trim().min(1).max(MAX_NAME_CHARACTERS).optional(),
    initial_input: z.string().max(MAX_INPUT_CHARACTERS).default(""),
    inputs: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    mode: mode.default("live"),
    cap_usd: z.number().min(0).max(1_000_000).nullable().default(null),
    unpriced: z.enum(["refuse", "allow"]).default("refuse"),
    reuse: z.boolean().default(false),
  })
  .openapi("ExecuteBody");

export const estimateBodySchema = z
  .strictObject({
    workflow_id: z.number().optional(),
    template_id: z.string().optional(),
    steps: z.array(stepWireSchema).min(1).max(20).optional(),
    initial_input: z.string().max(MAX_INPUT_CHARACTERS).default(""),
    inputs: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  })
  .openapi("EstimateBody");

const costRange = {
  /** The likely cost; null where a price is unknown. */
  estimated_cost: usd.nullable(),
  estimated_cost_low: usd,
  /** Null where a price is unknown: there is no ceiling. */
  estimated_cost_high: usd.nullable(),
  cost_basis: costBasis,
  estimated_seconds_low: z.int(),
  estimated_seconds_high: z.int(),
};

const stepEstimateSchema = z.object({
  step_number: z.int(),
  model: z.string(),
  modality: z.enum(MODALITIES),
  ...costRange,
  /** `assumed` (~): something is still to come, see `assumes`; `floor` (≥): a part is unknown; `unknown` (?). */
  certainty: z.enum(["exact", "assumed", "floor", "unknown"]),
  /** `correction`: the high end holds one further call, which is made where an answer does not fit `output_schema`. */
  assumes: z.array(
    z.enum(["topic_length", "input_length", "answer_length", "sound_length", "item_count", "correction"]),
  ),
  /** Of a step with `for_each`: how many items are counted on. `assumes` says where that is not known yet. */
  items: z.int().nullable(),
  /** How many past live runs of this step the length of its answer comes from. */
  past_runs: z.int(),
});

export const estimateSchema = z
  .object({
    ...costRange,
    currency: z.literal("USD"),
    steps: z.array(stepEstimateSchema),
    /** Environment variables that a live run still needs. */
    missing_settings: z.array(z.string()),
  })
  .openapi("Estimate");

const resultFileSchema = z.object({
  url: z.string(),
  media_type: z.string(),
  bytes: z.int(),
  /** What it is to be called when it is downloaded. */
  file_name: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  duration_seconds: z.number().optional(),
});

const resultContent = {
  type: z.enum(["text", "json", "image", "audio", "video", "document"]),
  text: z.string().optional(),
  json: json.optional(),
  url: z.string().optional(),
  media_type: z.string().optional(),
  bytes: z.int().optional(),
  file_name: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  duration_seconds: z.number().optional(),
  files: z.array(resultFileSchema).optional(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  /** Present where a person has put this in the place of what `performed_by` had made, when approving it. */
  edited: z.literal(true).optional(),
};

const resultCost = {
  cost: usd.nullable(),
  cost_basis: costBasis,
  /** `local`, `cache` (an earlier result was taken over), `person` or the model that ran. */
  performed_by: z.string(),
  /** In a rehearsal: what the same call would have cost live; null where the price is unknown. Absent on live runs. */
  live_cost: usd.nullable().optional(),
};

export const resultSchema = z
  .object({
    step_number: z.int(),
    name: z.string().nullable(),
    ...resultContent,
    /**
     * Of a step with `for_each`: what its items have made, those that are there, also while others are still to come. A step
     * whose items are not all done has no list of its own yet. Left out of events: each item has its own.
     */
    items: z.array(z.object({ item: z.int(), ...resultContent, ...resultCost })).optional(),
    ...resultCost,
  })
  .openapi("Result");

const failureSchema = z.object({ code: z.string(), message: z.string() });

const stepState = {
  status: stepStatus,
  attempts: z.int(),
  model: z.string().nullable(),
  performed_by: z.string().nullable(),
  started_at: time.nullable(),
  completed_at: time.nullable(),
  /** When the wait for an approval ends by itself, as a no; null: never, or it does not wait for one. */
  decide_by: time.nullable(),
  /** Whether one further call was spent on an answer that did not fit `output_schema`. */
  repaired: z.boolean(),
};

const stepCost = {
  cost: usd.nullable(),
  cost_basis: costBasis,
  error: failureSchema.nullable(),
  /** The execution whose result was taken over, and what that had cost; null: none was, or the cost is unknown. */
  reused_from: id.nullable(),
  saved_usd: usd.nullable(),
};

export const itemDataSchema = z
  .object({
    /** From 0. */
    item: z.int(),
    ...stepState,
    ...stepCost,
    /** What it waits for, as in `waiting_for`: an answer names the step and the item. */
    waiting_for: z.object({ reason: z.enum(WAITING_REASONS), amount_usd: usd.nullable() }).nullable(),
  })
  .openapi("ItemData");

export const stepDataSchema = z
  .object({
    step_number: z.int(),
    name: z.string().nullable(),
    ai_provider: z.string(),
    modality: z.enum(MODALITIES).nullable(),
    ...stepState,
    ...stepCost,
    /** Null unless the step waits for a person. */
    waiting_reason: z.enum(WAITING_REASONS).nullable(),
    /** Of a step with `for_each`, once its list is known: how many items it has, have ended, and have failed; otherwise null. */
    items_total: z.int().nullable(),
    items_done: z.int().nullable(),
    items_failed: z.int().nullable(),
    /** The items, in their order; null where there are none, and in events, which come for each item. */
    items: z.array(itemDataSchema).nullable(),
    /**
     * While it is `pending`: the name of the provider at which as many calls are under way as are allowed. It starts by
     * itself when it is its turn. Left out where it waits for nothing of the kind.
     */
    waits_for_place_at: z.string().optional(),
  })
  .openapi("StepData");

const waitingForSchema = z.object({
  reason: z.enum(WAITING_REASONS),
  step_number: z.int(),
  item: z.int().optional(),
  amount_usd: usd.nullable().optional(),
  /** With the reason `cap`: the least cap under which the step fits, beside what is spent and set aside. */
  cap_needed_usd: usd.optional(),
  /** With the reason `cap`: what is set aside for calls that are out or in doubt. */
  reserved_usd: usd.optional(),
  cap: reachedCapSchema.optional(),
});

export const executionSchema = z
  .object({
    id,
    workflow_id: id.nullable(),
    template_id: z.string().nullable(),
    /** Name of the workflow or template when it was started, or the title sent with the steps; null where there was none. */
    title: z.string().nullable(),
    status: executionStatus,
    mode,
    current_step: z.int(),
    total_steps: z.int(),
    initial_input: z.string(),
    inputs: z.record(z.string(), z.union([z.string(), z.number()])),
    cap_usd: usd.nullable(),
    /** The steps as they were when the execution started. */
    steps: z.array(stepWireSchema),
    steps_data: z.array(stepDataSchema),
    results: z.array(resultSchema),
    costs: executionCostsSchema,
    waiting_for: waitingForSchema.nullable(),
    error_message: z.string().nullable(),
    total_cost: usd,
    cost_basis: costBasis,
    /** The execution that this one was made from, and the step asked for; null where there is none. */
    rerun_of: id.nullable(),
    rerun_from_step: z.int().nullable(),
    /** On a take, which makes one step of `rerun_of` again and nothing else: that step. Null on all others. */
    only_step: z.int().nullable(),
    /** The batch that it is of, and its row there (from 1); null: of none. */
    batch_id: id.nullable(),
    batch_row: id.nullable(),
    /** Whether stored results of identical calls are taken instead of making the calls. */
    reuse: z.boolean(),
    /** What the results that were taken over had cost; null where none was. A floor where one is unknown. */
    saved_usd: usd.nullable(),
    /** In a rehearsal: what a live run would have cost; null where a price is unknown, and on live runs. */
    live_cost: usd.nullable(),
    currency: z.literal("USD"),
    created_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable(),
    /** The number of an event: whatever it and those before it tell is in this answer. 0 where there was none. */
    last_event: z.int(),
  })
  .openapi("Execution");

/** An execution in a list: without its texts, so that a long history stays small. */
const executionSummarySchema = executionSchema
  .omit({
    steps: true,
    steps_data: true,
    results: true,
    costs: true,
    inputs: true,
    cap_usd: true,
    last_event: true,
  })
  .extend({
    /** Media of the results, in the order of the steps. */
    media: z.array(z.enum(MODALITIES)),
    /** Address of a small picture of the best result: a film's, otherwise the first picture's. */
    thumbnail_url: z.string().nullable(),
    /** How its text begins, where there is no picture. */
    excerpt: z.string().nullable(),
  })
  .openapi("ExecutionSummary");

export const executionListSchema = z
  .object({ executions: z.array(executionSummarySchema), next_cursor: z.string().nullable() })
  .openapi("ExecutionList");

export const executeAnswerSchema = z
  .object({
    execution_id: id,
    status: executionStatus,
    mode,
    total_steps: z.int(),
    events_url: z.string(),
    url: z.string(),
    /** Things that are not wrong but worth knowing, as for a workflow that is saved. */
    warnings: warningsSchema,
  })
  .openapi("ExecuteAnswer");

/** The answer to cancel and decision: the state as it is now. */
export const executionStateSchema = z
  .object({ execution_id: id, status: executionStatus })
  .openapi("ExecutionState");

export const decisionBodySchema = z
  .strictObject({
    decision: z.enum(DECISIONS),
    step_number: z.int().min(1).max(20),
    item: z.int().min(0).optional(),
    /** With `raise_cap`, and only there. */
    cap_usd: z.number().min(0).max(1_000_000).optional(),
    /** With `approve`, and only there: put in the place of the result. Exactly one of its fields. */
    output: z
      .strictObject({
        text: z.string().optional(),
        json: json.optional(),
        /** Files of this execution, or uploaded ones, of the same kind as what the step made. */
        artifact_ids: z.array(z.string().max(100)).min(1).max(20).optional(),
      })
      .optional(),
  })
  .openapi("DecisionBody");

export type Workflow = z.output<typeof workflowSchema>;
export type WorkflowBody = z.input<typeof workflowBodySchema>;
export type Template = z.output<typeof templateSchema>;
export type EstimateBody = z.input<typeof estimateBodySchema>;
export type Estimate = z.output<typeof estimateSchema>;
export type StepEstimateWire = z.output<typeof stepEstimateSchema>;
export type ExecuteBody = z.input<typeof executeBodySchema>;
export type ExecuteAnswer = z.output<typeof executeAnswerSchema>;
export type Execution = z.output<typeof executionSchema>;
export type ExecutionSummary = z.output<typeof executionSummarySchema>;
export type Result = z.output<typeof resultSchema>;
export type ItemResult = NonNullable<Result["items"]>[number];
export type StepData = z.output<typeof stepDataSchema>;
export type ItemData = z.output<typeof itemDataSchema>;
export type DecisionBody = z.input<typeof decisionBodySchema>;
export type ProblemBody = z.output<typeof problemSchema>;
export type ResultFile = z.output<typeof resultFileSchema>;
