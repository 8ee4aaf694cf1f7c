import { z } from "@hono/zod-openapi";
import { COST_BASES } from "../workflow/money.ts";

/** The wire forms of what was estimated and what was charged. Money is a number of USD; null is unknown, never 0. */

const usd = z.number().min(0);

const estimatedCostSchema = z.object({
  /** Null where a price is unknown. */
  likely: usd.nullable(),
  /** A floor where a price is unknown. */
  low: usd,
  /** Null where a price is unknown: there is no ceiling. */
  high: usd.nullable(),
  certainty: z.enum(["exact", "assumed", "floor", "unknown"]),
});

const chargedSchema = z.object({
  /** What was expected when the execution was started; null where that was not worked out, as for a rehearsal. */
  estimate: estimatedCostSchema.nullable(),
  /** Calls that were sent. */
  calls: z.int(),
  /** What is known, a floor where `cost_basis` is `unknown`; null where nothing is known. */
  charged: usd.nullable(),
  cost_basis: z.enum(COST_BASES),
  /** Of it, for calls that failed. */
  failed_billed: z.object({ calls: z.int(), charged: usd }),
  /** Of it, for answers that came when another call had given the step its result. */
  unused: z.object({ calls: z.int(), charged: usd }),
  /** Calls that may have been billed; `up_to` is null where that has no known limit. */
  in_doubt: z.object({ calls: z.int(), up_to: usd.nullable() }),
  /** Results that were taken over instead of being bought again; `saved` is null where none has a known cost. */
  reused: z.object({ steps: z.int(), saved: usd.nullable() }),
});

export const executionCostsSchema = chargedSchema
  .extend({ steps: z.array(chargedSchema.extend({ step_number: z.int(), name: z.string().nullable() })) })
  .openapi("ExecutionCosts");

const costSumsShape = {
  /** Calls that were answered or are in doubt. Free ones, such as rehearsals, are not counted. */
  calls: z.int(),
  /** What is known, a floor where `is_floor`; null where nothing is known. */
  charged: usd.nullable(),
  /** Whether there are calls of unknown cost or in doubt beside it. */
  is_floor: z.boolean(),
  /** Answered, but nobody knows what was billed. */
  unknown_calls: z.int(),
  failed_calls: z.int(),
  /** Of what was charged, for calls that failed. */
  failed_billed: z.object({ calls: z.int(), charged: usd }),
  /** Of what was charged, for answers that came when another call had given the step its result. */
  unused: z.object({ calls: z.int(), charged: usd }),
  /** Calls that may have been billed; `up_to` is null where one of them has no known limit. */
  in_doubt: z.object({ calls: z.int(), up_to: usd.nullable() }),
  /** Results that were taken over instead of being bought again, and what they had cost. */
  reused: z.object({ steps: z.int(), saved: usd }),
};

const costGroupSchema = z.object({
  /** The day or month, or the id of the workflow, template, provider or model; empty where there is none. */
  key: z.string(),
  /** What people call it; null where it has no name. */
  label: z.string().nullable(),
  ...costSumsShape,
});

export const COST_GROUPS = ["day", "month", "workflow", "provider", "model", "modality"] as const;

export const costReportSchema = z
  .object({
    /** UTC days, both inclusive. */
    from: z.iso.date(),
    to: z.iso.date(),
    by: z.enum(COST_GROUPS),
    currency: z.literal("USD"),
    totals: z.object(costSumsShape),
    /** Days and months in their order, anything else by what was charged. */
    rows: z.array(
      costGroupSchema.extend({
        /** With `split`: the same told apart once more. */
        parts: z.array(costGroupSchema).optional(),
      }),
    ),
  })
  .openapi("CostReport");

export type ExecutionCosts = z.output<typeof executionCostsSchema>;
export type CostSumsWire = z.output<z.ZodObject<typeof costSumsShape>>;
export type CostGroupWire = z.output<typeof costGroupSchema>;
export type CostReport = z.output<typeof costReportSchema>;
export type CostGrouping = CostReport["by"];
