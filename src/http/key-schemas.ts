import { z } from "@hono/zod-openapi";

/** Keys of providers on the wire. No answer ever holds a key. */

export const keyBodySchema = z
  .strictObject({
    /** The key. It is encrypted at once, and never given back. */
    value: z
      .string()
      .trim()
      .min(8)
      .max(2_000)
      .regex(/^[\x21-\x7e]+$/),
  })
  .openapi("KeyBody");

/** What is known of a provider's key. */
export const keyStateSchema = z
  .object({
    /** The environment variable whose place a key of the page takes. */
    variable: z.string(),
    /** Where the key that holds comes from; the environment wins over the page. Null: none is set. */
    source: z.enum(["environment", "page"]).nullable(),
    /** Whether a key can be stored: `RELAIS_SECRET_KEY` is set. */
    can_store: z.boolean(),
    /** Whether a key of the page is stored, whatever holds. */
    is_stored: z.boolean(),
    /** The last characters of a stored key; null where there is none, or it is too short to show any. */
    ending: z.string().nullable(),
    /** Why a stored key cannot be used: no `RELAIS_SECRET_KEY`, another one than it was stored with, or it was changed. */
    problem: z.enum(["no_secret", "other_secret", "damaged"]).nullable(),
    stored_at: z.iso.datetime().nullable(),
    /** Where the vendor gives out keys. */
    key_page: z.string().nullable(),
    /** Whether the vendor answers a question that costs nothing, by which the key is tested. */
    can_test: z.boolean(),
  })
  .openapi("KeyState");

export const keyTestSchema = z
  .object({
    /** Null: it cannot be known without paying. */
    ok: z.boolean().nullable(),
    /** A sentence for a person. Nothing that the vendor wrote is in it. */
    message: z.string(),
    /** What was asked for, which costs nothing; null: nothing was asked. */
    checked: z.enum(["models", "account", "voices", "server"]).nullable(),
  })
  .openapi("KeyTest");

export type KeyState = z.output<typeof keyStateSchema>;
export type KeyTest = z.output<typeof keyTestSchema>;
