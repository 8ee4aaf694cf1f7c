import { z } from "@hono/zod-openapi";
import { MAX_STEPS } from "../workflow/definition.ts";
import { MAKE_REASONS } from "../workflow/rerun-plan.ts";
import { estimateSchema, executeAnswerSchema } from "./schemas.ts";

/** The wire forms of making an execution from an earlier one. */

const stepNumber = z.int().min(1).max(MAX_STEPS);
const json = z.json().openapi({ type: ["object", "array", "string", "number", "boolean", "null"] });
const MAX_TEXT_CHARACTERS = 500_000;
const MAX_FILES = 20;

const replacementSchema = z.strictObject({
  step_number: stepNumber,
  /** One item of a step that maps over a list, from 0. */
  item: z.int().min(0).optional(),
  /** Exactly one of the four, of the kind that the step makes. */
  text: z.string().min(1).max(MAX_TEXT_CHARACTERS).optional(),
  json: json.optional(),
  /** Ids of uploaded files (`POST /artifacts`), or of any stored ones. */
  artifact_ids: z.array(z.string().min(1).max(100)).min(1).max(MAX_FILES).optional(),
  /** A take: what this execution, of the same family, has made there. It is not paid for again. */
  from_execution: z.int().min(1).optional(),
});

export const rerunBodySchema = z
  .strictObject({
    /** Made again with all that depends on it; without it, what has no result yet. */
    from_step: stepNumber.optional(),
    /** Of steps that map over a list, make only the items that have no result. */
    failed_items: z.boolean().default(false),
    /** Of the step `from_step`, which maps over a list: make only these items again (from 0), and those without a result. */
    items: z.array(z.int().min(0)).min(1).max(1_000).optional(),
    /** The steps as they were in that execution, or those of its workflow or template now. */
    definition: z.enum(["original", "current"]).default("original"),
    /** Results by hand: what depends on them is made again. */
    replace: z.array(replacementSchema).max(100).default([]),
    /** That of the execution unless given. Results are kept within one mode only. */
    mode: z.enum(["live", "rehearsal"]).optional(),
    /** The cap of the execution unless given; null: none. */
    cap_usd: z.number().min(0).max(1_000_000).nullable().optional(),
    unpriced: z.enum(["refuse", "allow"]).optional(),
    /** Take stored results of identical calls for what is made. */
    reuse: z.boolean().optional(),
  })
  .openapi("RerunBody");

export const rerunAnswerSchema = executeAnswerSchema
  .extend({
    /** The execution that this one is made from. */
    rerun_of: z.int().min(1),
    /** Steps whose results are taken over, and steps that are made. */
    reused_steps: z.array(z.int()),
    made_steps: z.array(z.int()),
  })
  .openapi("RerunAnswer");

const rerunStepSchema = z.object({
  step_number: z.int(),
  name: z.string().nullable(),
  /** `take`: a result of another execution is chosen. */
  action: z.enum(["reuse", "replace", "take", "make"]),
  /** Why it is made; null where it is not. */
  reason: z.enum(MAKE_REASONS).nullable(),
  /** Items whose results are kept, of a step that maps over a list. */
  kept_items: z.array(z.int()),
  /** What the result that is taken over had cost; null: unknown, or none is. */
  saved_usd: z.number().min(0).nullable(),
});

/** What would be bought, in the form of an estimate whose steps are those that are made. */
export const rerunEstimateSchema = estimateSchema
  .extend({
    rerun_of: z.int().min(1),
    mode: z.enum(["live", "rehearsal"]),
    reused_count: z.int(),
    made_count: z.int(),
    /** What the results that are taken over had cost, as far as it is known. */
    saved_usd: z.number().min(0),
    plan: z.array(rerunStepSchema),
  })
  .openapi("RerunEstimate");

export type RerunBody = z.input<typeof rerunBodySchema>;
export type RerunAnswer = z.output<typeof rerunAnswerSchema>;
export type RerunEstimate = z.output<typeof rerunEstimateSchema>;
export type RerunRequest = z.output<typeof rerunBodySchema>;
