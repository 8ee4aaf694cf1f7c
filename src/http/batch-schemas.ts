import { z } from "@hono/zod-openapi";
import { MAX_INPUT_CHARACTERS, MAX_NAME_CHARACTERS } from "../workflow/definition.ts";
import { COST_BASES } from "../workflow/money.ts";
import { EXECUTION_STATUSES } from "../workflow/statuses.ts";
import { executionEventSchema } from "./event-schemas.ts";
import { executeBodySchema } from "./schemas.ts";

/** The wire forms of batches: many topics given at once to the same steps, an execution a row. */

export const MAX_BATCH_ROWS = 1_000;

const id = z.int().min(1);
const usd = z.number().min(0);
const time = z.iso.datetime();
const mode = z.enum(["live", "rehearsal"]);
const cap = z.number().min(0).max(1_000_000).nullable();
const count = z.int().min(0);

const batchInputSchema = z.strictObject({
  /** The topic. */
  initial_input: z.string().max(MAX_INPUT_CHARACTERS).default(""),
  inputs: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

export const batchBodySchema = executeBodySchema
  .omit({ initial_input: true, inputs: true, cap_usd: true, title: true })
  .extend({
    /** What the history calls it; that of its workflow or template unless given. */
    title: z.string().trim().min(1).max(MAX_NAME_CHARACTERS).optional(),
    /** An execution each, in this order. */
    rows: z
      .array(batchInputSchema)
      .min(1)
      .max(MAX_BATCH_ROWS)
      .openapi({ description: `From 1 to ${MAX_BATCH_ROWS.toLocaleString("en")} rows, of 1 MiB in all.` }),
    /** The most that all rows together may spend; null: no cap. */
    cap_usd: cap.default(null),
    /** The most that each row may spend; null: that of the settings, if there is one. */
    row_cap_usd: cap.default(null),
  })
  .openapi("BatchBody");

export const batchEstimateBodySchema = batchBodySchema
  .omit({ title: true, cap_usd: true, row_cap_usd: true, unpriced: true, reuse: true, mode: true })
  .openapi("BatchEstimateBody");

const warnings = z.array(z.object({ path: z.string(), message: z.string() }));

export const batchAnswerSchema = z
  .object({
    batch_id: id,
    /** In the order of the rows. */
    execution_ids: z.array(id),
    mode,
    row_count: id,
    events_url: z.string(),
    url: z.string(),
    /** Things that are not wrong but worth knowing. */
    warnings,
  })
  .openapi("BatchAnswer");

const range = {
  /** The likely cost of all rows together; null where a price is unknown. */
  estimated_cost: usd.nullable(),
  estimated_cost_low: usd,
  /** Null where a price is unknown: there is no ceiling. */
  estimated_cost_high: usd.nullable(),
  certainty: z.enum(["exact", "assumed", "floor", "unknown"]),
};

export const batchEstimateSchema = z
  .object({
    ...range,
    row_count: id,
    /** How long one row takes. */
    row_seconds_low: z.int(),
    row_seconds_high: z.int(),
    /** Environment variables that a live run still needs. */
    missing_settings: z.array(z.string()),
    currency: z.literal("USD"),
  })
  .openapi("BatchEstimate");

const counts = z.object({
  pending: count,
  running: count,
  waiting: count,
  completed: count,
  failed: count,
  cancelled: count,
});

const batchStateSchema = z
  .object({
    /** Of the rows together: `running` while any goes on, `waiting` where nothing but a person or a cap lets any go on. */
    status: z.enum(EXECUTION_STATUSES),
    /** Rows by status, each as its newest execution stands. Rows whose execution was deleted are in none. */
    counts,
    /** Of all executions of the batch, those that were run again or deleted too. */
    total_cost: usd,
    cost_basis: z.enum(COST_BASES),
    cap: z.object({
      /** Null: no cap. */
      cap_usd: usd.nullable(),
      spent_usd: usd,
      /** What is set aside for calls that are out or in doubt. */
      reserved_usd: usd,
      /** Rows that wait for it. */
      waiting_rows: count,
      /** What it has to be for all steps that wait for it to go on; null where none does. */
      needed_usd: usd.nullable(),
    }),
  })
  .openapi("BatchState");

const batchHead = z.object({
  id,
  title: z.string().nullable(),
  workflow_id: id.nullable(),
  template_id: z.string().nullable(),
  mode,
  row_count: id,
  /** Null for a rehearsal. */
  estimate: z.object(range).nullable(),
  currency: z.literal("USD"),
  created_at: time,
});

const batchSummarySchema = z
  .object({ ...batchHead.shape, ...batchStateSchema.shape })
  .openapi("BatchSummary");

export const batchListSchema = z
  .object({ batches: z.array(batchSummarySchema), next_cursor: z.string().nullable() })
  .openapi("BatchList");

/** `execution_id`: the newest execution of the row. */
const batchRowSchema = z
  .object({
    ...executionEventSchema.shape,
    /** From 1. */
    row: id,
    initial_input: z.string(),
    /** The kind of the last result, the start of the last text, a small picture of its film or first picture. Null where there is nothing yet. */
    preview: z
      .object({
        type: z.enum(["text", "json", "image", "audio", "video", "document"]),
        excerpt: z.string().nullable(),
        thumbnail_url: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi("BatchRow");

export const batchSchema = z
  .object({
    ...batchSummarySchema.shape,
    rows: z.array(batchRowSchema),
    next_cursor: z.string().nullable(),
  })
  .openapi("Batch");

/** The event `rows`: rows as they stand now. */
export const batchRowsEventSchema = z.object({ rows: z.array(batchRowSchema) }).openapi("BatchRowsEvent");

/** The event `batch`. */
export const batchEventSchema = batchStateSchema;

export const batchCapBodySchema = z
  .strictObject({
    /** Null takes the cap off. */
    cap_usd: z.number().min(0).max(1_000_000).nullable(),
  })
  .openapi("BatchCapBody");

export const batchRerunBodySchema = z
  .strictObject({
    /** Only these rows; without it all that failed. They must have failed or been cancelled. */
    rows: z.array(id.max(MAX_BATCH_ROWS)).min(1).max(MAX_BATCH_ROWS).optional(),
  })
  .openapi("BatchRerunBody");

export const batchRerunAnswerSchema = z
  .object({
    batch_id: id,
    execution_ids: z.array(id),
    /** Rows that could not be run again, and why. */
    refused: z.array(z.object({ row: id, message: z.string() })),
  })
  .openapi("BatchRerunAnswer");

export const batchCancelAnswerSchema = z
  .object({ batch_id: id, cancelled: count })
  .openapi("BatchCancelAnswer");

export type BatchBody = z.input<typeof batchBodySchema>;
export type BatchEstimateBody = z.input<typeof batchEstimateBodySchema>;
export type BatchEstimate = z.output<typeof batchEstimateSchema>;
export type BatchAnswer = z.output<typeof batchAnswerSchema>;
export type BatchState = z.output<typeof batchStateSchema>;
export type BatchSummary = z.output<typeof batchSummarySchema>;
export type BatchList = z.output<typeof batchListSchema>;
export type BatchRowWire = z.output<typeof batchRowSchema>;
export type BatchDetail = z.output<typeof batchSchema>;
export type BatchRerunAnswer = z.output<typeof batchRerunAnswerSchema>;
