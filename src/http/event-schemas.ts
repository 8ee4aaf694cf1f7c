import { z } from "@hono/zod-openapi";
import { executionSchema, id, itemDataSchema, resultSchema, stepDataSchema } from "./schemas.ts";

/** What the streams of events carry. */

/** Data of an SSE event `execution`: what has changed of the execution. Stored and numbered. */
export const executionEventSchema = executionSchema
  .pick({
    status: true,
    current_step: true,
    total_steps: true,
    total_cost: true,
    cost_basis: true,
    waiting_for: true,
    error_message: true,
    started_at: true,
    completed_at: true,
  })
  .extend({ execution_id: id })
  .openapi("ExecutionEvent");

/** Data of an SSE event `step`: the new state of a step, or of one of its items, with its result once there is one. Stored and numbered. */
export const stepEventSchema = stepDataSchema
  .extend({
    execution_id: id,
    result: resultSchema.nullable(),
    /** Of a step with `for_each`: the item that this is about; absent where it is about the step. */
    item: z.int().optional(),
    /** With `item`: what it waits for. */
    item_waiting_for: itemDataSchema.shape.waiting_for.optional(),
  })
  .openapi("StepEvent");

/** Data of an SSE event `text`: replace what follows `offset` (characters) by `text`. Not stored, no id. */
export const textEventSchema = z
  .object({
    execution_id: id,
    step_number: z.int(),
    item: z.int().optional(),
    offset: z.int(),
    text: z.string(),
  })
  .openapi("TextEvent");

/** Data of an SSE event `progress`: how far a step is, between 0 and 1. Not stored, no id. */
export const progressEventSchema = z
  .object({ execution_id: id, step_number: z.int(), item: z.int().optional(), fraction: z.number() })
  .openapi("ProgressEvent");

export type ExecutionEvent = z.output<typeof executionEventSchema>;
export type StepEvent = z.output<typeof stepEventSchema>;
export type TextEvent = z.output<typeof textEventSchema>;
export type ProgressEvent = z.output<typeof progressEventSchema>;
