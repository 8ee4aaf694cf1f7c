import { z } from "@hono/zod-openapi";
import { PERIOD_KINDS } from "../db/cap-store.ts";

/** Caps on the wire. Days and months are UTC; money is a number of USD. */

const usd = z.number().min(0);
const period = z.enum(PERIOD_KINDS);
/** `2026-11-22` for a day, `2026-11` for a month; null: all time. */
const date = z.string().nullable();

const capSchema = z
  .object({
    /** `all`: everything together; `workflow:3`, `template:creation-contenu`: the executions of one. */
    scope: z.string(),
    /** Of the workflow or template; null for `all`, and where it was deleted. */
    name: z.string().nullable(),
    period,
    date,
    /** Null: no cap. */
    cap_usd: usd.nullable(),
    /** `person`: set by PUT /caps, which wins over `environment`; null: there is no cap. */
    source: z.enum(["person", "environment"]).nullable(),
    spent_usd: usd,
    /** What is set aside for calls that are out or in doubt. */
    reserved_usd: usd,
    /** Null: no cap. */
    left_usd: usd.nullable(),
    /** When it begins anew; null: never. */
    resets_at: z.iso.datetime().nullable(),
  })
  .openapi("Cap");

export const capListSchema = z
  .object({
    caps: z.array(capSchema),
    /** The cap of an execution that asks for none, from the environment; null: no cap. */
    execution_cap_usd: usd.nullable(),
    currency: z.literal("USD"),
  })
  .openapi("CapList");

export const capsBodySchema = z
  .strictObject({
    caps: z
      .array(
        z.strictObject({
          scope: z.string().max(200),
          period,
          /** Null takes the cap off; the environment's then holds again, where it sets one. */
          cap_usd: z.number().min(0).max(1_000_000).nullable(),
        }),
      )
      .min(1)
      .max(100),
  })
  .openapi("CapsBody");

/** With the reason `cap`: the cap that was reached, as it stands now. */
export const reachedCapSchema = z.object({
  /** `execution`: that of the execution itself, which the decision `raise_cap` raises; others are raised by PUT /caps. */
  scope: z.string(),
  period,
  date,
  cap_usd: usd.nullable(),
  spent_usd: usd,
  reserved_usd: usd,
  /** When it begins anew, and the execution goes on by itself where it then fits; null: never. */
  resets_at: z.iso.datetime().nullable(),
});

export type Cap = z.output<typeof capSchema>;
export type CapList = z.output<typeof capListSchema>;
export type CapsBody = z.input<typeof capsBodySchema>;
export type ReachedCapWire = z.output<typeof reachedCapSchema>;
