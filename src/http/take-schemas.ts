import { z } from "@hono/zod-openapi";
import { MAX_PROMPT_CHARACTERS, MAX_STEPS } from "../workflow/definition.ts";
import { WAITING_REASONS, EXECUTION_STATUSES } from "../workflow/statuses.ts";
import { estimateSchema, executeAnswerSchema, id, resultSchema } from "./schemas.ts";

/** The wire forms of takes: what several executions of a family have made of the same step. */

/** More are no comparison any more, and a dear mistake. */
const MAX_COMPARED = 3;

const usd = z.number().min(0);
const json = z.json().openapi({ type: ["object", "array", "string", "number", "boolean", "null"] });
const parameters = z.record(z.string(), json);

const takeSchema = z
  .object({
    /** The execution that made it, or the one that still holds it. */
    execution_id: id,
    status: z.enum([...EXECUTION_STATUSES, "skipped"]),
    /** What a take that is under way waits for; null: nothing. */
    waiting_reason: z.enum(WAITING_REASONS).nullable(),
    /** The model that was asked, also in a rehearsal; null where a person gave the result. */
    model: z.string().nullable(),
    /** The prompt and the parameters of the step, where they are not those of the execution asked about. */
    prompt: z.string().nullable(),
    parameters: parameters.nullable(),
    /** Null while it is under way. */
    result: resultSchema.nullable(),
    /** What it cost when it was made; null where that is not known. */
    cost: usd.nullable(),
    /** How long it took to make; null where that is not known. */
    seconds: z.number().min(0).nullable(),
    /** Whether the execution asked about holds this one. */
    is_present: z.boolean(),
    /** Whether it was made by itself, to be compared. */
    is_comparison: z.boolean(),
  })
  .openapi("Take");

export const takeListSchema = z
  .object({ takes: z.array(takeSchema), next_cursor: z.string().nullable() })
  .openapi("TakeList");

export const compareBodySchema = z
  .strictObject({
    step_number: z.int().min(1).max(MAX_STEPS),
    /** Of a step with `for_each`, and needed there: the one item that is made. */
    item: z.int().min(0).optional(),
    /** Families or `provider:model`, each of which makes a take; that of the step itself makes another of its own. */
    models: z.array(z.string().min(1).max(200)).min(1).max(MAX_COMPARED),
    /** Instead of the prompt of the step; references are filled in as there. */
    prompt: z.string().min(1).max(MAX_PROMPT_CHARACTERS).optional(),
    /** That of the execution: earlier results never cross over. */
    mode: z.enum(["live", "rehearsal"]).optional(),
    /** The most that each take may cost. The cap of the execution unless given; null: none. */
    cap_usd: z.number().min(0).max(1_000_000).nullable().optional(),
    unpriced: z.enum(["refuse", "allow"]).optional(),
  })
  .openapi("CompareBody");

export const compareAnswerSchema = z
  .object({
    /** One execution a model, in the order of `models`. */
    takes: z.array(executeAnswerSchema.omit({ warnings: true }).extend({ model: z.string() })),
    rerun_of: id,
    step_number: z.int(),
  })
  .openapi("CompareAnswer");

const comparableModelSchema = z
  .object({
    model: z.string(),
    provider: z.string(),
    provider_name: z.string(),
    /** Whether it is the model of the step. */
    is_own: z.boolean(),
    /** What one take is likely to cost live. */
    ...estimateSchema.pick({
      estimated_cost: true,
      estimated_cost_low: true,
      estimated_cost_high: true,
      cost_basis: true,
      estimated_seconds_low: true,
      estimated_seconds_high: true,
    }).shape,
    /** Environment variables that a live take still needs. */
    missing_settings: z.array(z.string()),
    /** Parameters of the step that this model takes differently (`used`), or not at all (null). */
    changes: z.array(
      z.object({
        name: z.string(),
        value: json,
        used: z.object({ name: z.string(), value: json }).nullable(),
      }),
    ),
  })
  .openapi("ComparableModel");

export const comparableModelsSchema = z
  .object({
    /** The model of the step first, then those that could be called now, then by price. */
    models: z.array(comparableModelSchema),
    prompt: z.string(),
  })
  .openapi("ComparableModels");

export type Take = z.output<typeof takeSchema>;
export type TakeList = z.output<typeof takeListSchema>;
export type CompareBody = z.input<typeof compareBodySchema>;
export type CompareRequest = z.output<typeof compareBodySchema>;
export type CompareAnswer = z.output<typeof compareAnswerSchema>;
export type ComparableModel = z.output<typeof comparableModelSchema>;
export type ComparableModels = z.output<typeof comparableModelsSchema>;
