import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { ERROR_CATALOGUE, messageOf, RelaisError, type Language, type LocalText } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";
import { localize } from "./language.ts";
import { problemSchema, type ProblemBody } from "./schemas.ts";

const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** Where the list of errors is served; the `type` of a problem is this address with the code as its fragment. */
export const ERRORS_PATH = "/docs/errors";

/** Receives what went wrong inside Relais; nothing of it reaches the person who asked. */
export interface ErrorLog {
  error(fields: Record<string, unknown>, message: string): void;
}

/** An error as RFC 9457 writes it, in the language of the request. */
export function problemBody(error: RelaisError, language: Language): ProblemBody {
  const entry = ERROR_CATALOGUE[error.code];
  return {
    type: `${ERRORS_PATH}#${error.code}`,
    title: localize(entry.title, language),
    status: entry.status,
    detail: localize(error.detail, language),
    code: error.code,
    errors: error.problems.map(({ path, message }) => ({ path, message: localize(message, language) })),
  };
}

/** Answers with a problem. */
export function problemResponse(c: Context<AppEnv>, error: RelaisError): Response {
  const body = problemBody(error, c.get("language") ?? "fr");
  return c.body(JSON.stringify(body), ERROR_CATALOGUE[error.code].status, {
    "Content-Type": PROBLEM_MEDIA_TYPE,
  });
}

/** Turns whatever was thrown into a problem: known errors as they are, anything else as `internal`, without its text. */
export function answerError(log: ErrorLog | undefined): (thrown: Error, c: Context<AppEnv>) => Response {
  return (thrown, c) => {
    const error = asRelaisError(thrown);
    if (error.code === "internal") {
      const fields = { err: thrown, method: c.req.method, path: c.req.path };
      log?.error(fields, `unexpected error: ${messageOf(thrown)}`);
    }
    return problemResponse(c, error);
  };
}

/** Whether an error was raised on purpose, before anything was done. */
export function isDeliberate(thrown: Error | undefined): boolean {
  return thrown !== undefined && asRelaisError(thrown).code !== "internal";
}

/** Answers where no route takes the request. */
export function answerNotFound(c: Context<AppEnv>): Response {
  return problemResponse(
    c,
    new RelaisError("not_found", {
      fr: `Rien ne se trouve à l’adresse ${c.req.path}. Aucun appel n’a été fait ; vérifiez l’adresse dans /api/openapi.json.`,
      en: `There is nothing at ${c.req.path}. No call was made; look the address up in /api/openapi.json.`,
    }),
  );
}

/** Answers where the path is known, but not with this method. */
export function answerMethodNotAllowed(c: Context, methods: string[]): Response {
  const list = methods.join(", ");
  const response = problemResponse(
    c,
    new RelaisError("method_not_allowed", {
      fr: `Cette adresse n’accepte pas ${c.req.method}. Rien n’a été fait ; utilisez ${list}.`,
      en: `This address does not take ${c.req.method}. Nothing was done; use ${list}.`,
    }),
  );
  response.headers.set("Allow", list);
  return response;
}

const PROBLEM_CONTENT = { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } as const;

interface ProblemDescription {
  description: string;
  content: typeof PROBLEM_CONTENT;
}

/** The description of the problems that a route can answer, for the OpenAPI document; 500 goes with each. */
export function problemResponses<Status extends number>(
  ...statuses: Status[]
): Record<Status | 500, ProblemDescription>;
export function problemResponses(...statuses: number[]): Record<number, ProblemDescription> {
  return Object.fromEntries([...statuses, 500].map((status) => [status, describeStatus(status)]));
}

function describeStatus(status: number): ProblemDescription {
  const codes = Object.entries(ERROR_CATALOGUE).flatMap(([code, entry]) =>
    entry.status === status ? [code] : [],
  );
  return { description: `A problem: ${codes.join(", ")}`, content: PROBLEM_CONTENT };
}

function asRelaisError(thrown: Error): RelaisError {
  if (thrown instanceof RelaisError) return thrown;
  if (thrown instanceof HTTPException) {
    if (thrown.status === 400) return new RelaisError("malformed_json", MALFORMED_JSON);
    if (thrown.status === 415) return new RelaisError("unsupported_media_type", NOT_JSON);
  }
  return new RelaisError("internal", INTERNAL);
}

const MALFORMED_JSON: LocalText = {
  fr: "Le corps de la requête n’est pas du JSON valide. Rien n’a été fait ni dépensé ; corrigez-le et renvoyez-le.",
  en: "The body of the request is not valid JSON. Nothing was done or spent; correct it and send it again.",
};

export const NOT_JSON: LocalText = {
  fr: "Le corps de la requête doit être du JSON, avec l’en-tête « Content-Type: application/json ». Rien n’a été fait ni dépensé.",
  en: "The body of the request must be JSON, with the header “Content-Type: application/json”. Nothing was done or spent.",
};

const INTERNAL: LocalText = {
  fr: "Relais a rencontré une erreur qu’il n’avait pas prévue ; elle est dans son journal. Avant de recommencer une exécution, regardez dans l’historique si elle a été créée : elle n’est alors pas à refaire.",
  en: "Relais met an error that it had not foreseen; it is in its log. Before you start an execution again, see in the history whether it was created: then it need not be repeated.",
};
