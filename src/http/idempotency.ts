import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import type { Db } from "../db/database.ts";
import {
  claimIdempotencyKey,
  forgetIdempotencyKeysBefore,
  freeIdempotencyKey,
  keepAnswer,
  KEPT_DAYS,
  type IdempotencyKey,
} from "../db/idempotency-store.ts";
import { RelaisError, type LocalText } from "../errors.ts";
import type { AppContext, AppEnv } from "./app-env.ts";
import { invalidField } from "./path-id.ts";
import { isDeliberate } from "./problem.ts";

const MS_PER_DAY = 86_400_000;
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The header, for the OpenAPI document; `idempotency` reads it. */
export const IDEMPOTENCY_HEADER = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .openapi({ description: "The same key gives the first answer again, for 30 days.", example: "a7f3c2" }),
});

/**
 * Gives the first answer again to a POST that repeats an `Idempotency-Key`. Answers 2xx are kept for 30 days. A request
 * that was refused frees its key. One that ended in an unforeseen error, or with its process, keeps it without an
 * answer: whether it has created anything is not known, so it is never carried out a second time.
 */
export function idempotency(db: Db) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const given = c.req.header("Idempotency-Key");
    if (c.req.method !== "POST" || given === undefined) return next();
    if (!KEY.test(given)) throw invalidField("Idempotency-Key", KEY_RULE);
    const key: IdempotencyKey = { key: given, route: `POST ${c.req.path}` };
    const hash = createHash("sha256")
      .update(await c.req.text())
      .digest("hex");
    const now = new Date();
    await forgetIdempotencyKeysBefore(db, new Date(now.getTime() - KEPT_DAYS * MS_PER_DAY).toISOString());
    const claim = await claimIdempotencyKey(db, key, { hash, now: now.toISOString() });
    if (claim.state === "other_request") throw new RelaisError("idempotency_conflict", OTHER_REQUEST);
    if (claim.state === "unanswered") throw new RelaisError("idempotency_conflict", UNANSWERED);
    if (claim.state === "answered") {
      const { body, contentType, location } = claim.answer;
      const headers = {
        ...(contentType !== null && { "Content-Type": contentType }),
        ...(location !== null && { Location: location }),
        "Idempotency-Replayed": "true",
      };
      return new Response(body, { status: claim.status, headers });
    }
    await next();
    await settleKey(db, key, c);
    return undefined;
  });
}

async function settleKey(db: Db, key: IdempotencyKey, c: AppContext): Promise<void> {
  if (c.res.ok) {
    await keepAnswer(db, key, {
      status: c.res.status,
      body: await c.res.clone().text(),
      contentType: c.res.headers.get("Content-Type"),
      location: c.res.headers.get("Location"),
    });
  } else if (c.error === undefined || isDeliberate(c.error)) {
    await freeIdempotencyKey(db, key);
  }
}

const KEY_RULE: LocalText = {
  fr: "« Idempotency-Key » a de 1 à 255 caractères ASCII visibles.",
  en: "“Idempotency-Key” has 1 to 255 visible ASCII characters.",
};

const OTHER_REQUEST: LocalText = {
  fr: "Cette clé d’idempotence a déjà servi pour une autre requête. Rien n’a été fait ni dépensé ; prenez une clé nouvelle pour une requête nouvelle.",
  en: "This idempotency key was used for another request. Nothing was done or spent; take a new key for a new request.",
};

const UNANSWERED: LocalText = {
  fr: "La première requête faite avec cette clé est en cours, ou s’est interrompue avant sa réponse. Celle-ci n’a rien fait ni dépensé. Attendez un instant et renvoyez-la ; si cela se répète, regardez dans l’historique si l’exécution existe avant de prendre une clé nouvelle.",
  en: "The first request with this key is under way, or broke off before its answer. This one has done and spent nothing. Wait a moment and send it again; if this repeats, see in the history whether the execution exists before you take a new key.",
};
