/** A sentence for a person, in every language that Relais speaks. */
export interface LocalText {
  fr: string;
  en: string;
}

export type Language = keyof LocalText;

/** One thing that is wrong, where it is, and what would be right. `path` is like `steps[2].prompt`; "" is the whole. */
export interface Problem {
  path: string;
  message: LocalText;
}

/**
 * Every error that reaches a person over HTTP or the command line, by its code.
 * `docs/errors.md` describes each of them; a test holds the two together in both directions.
 */
export const ERROR_CATALOGUE = {
  malformed_json: { status: 400, title: { fr: "JSON mal formé", en: "Malformed JSON" } },
  unauthorized: { status: 401, title: { fr: "Accès protégé", en: "Access is protected" } },
  forbidden_host: { status: 403, title: { fr: "Hôte refusé", en: "Host refused" } },
  forbidden_origin: { status: 403, title: { fr: "Origine refusée", en: "Origin refused" } },
  not_found: { status: 404, title: { fr: "Introuvable", en: "Not found" } },
  method_not_allowed: { status: 405, title: { fr: "Méthode refusée", en: "Method not allowed" } },
  conflict: {
    status: 409,
    title: { fr: "Action impossible dans cet état", en: "Not possible in this state" },
  },
  secret_key_missing: {
    status: 409,
    title: { fr: "Clés impossibles à chiffrer", en: "Keys cannot be encrypted" },
  },
  idempotency_conflict: {
    status: 409,
    title: { fr: "Clé d’idempotence déjà utilisée", en: "Idempotency key already used" },
  },
  body_too_large: { status: 413, title: { fr: "Requête trop grande", en: "Request too large" } },
  unsupported_media_type: {
    status: 415,
    title: { fr: "Type de contenu refusé", en: "Unsupported content type" },
  },
  range_not_satisfiable: { status: 416, title: { fr: "Plage impossible", en: "Range not satisfiable" } },
  invalid_request: { status: 422, title: { fr: "Requête invalide", en: "Invalid request" } },
  invalid_workflow: { status: 422, title: { fr: "Combinaison invalide", en: "Invalid workflow" } },
  provider_not_configured: { status: 422, title: { fr: "Fournisseur à régler", en: "Provider not set up" } },
  unpriced_model: { status: 422, title: { fr: "Prix inconnu", en: "Unknown price" } },
  cap_too_low: { status: 422, title: { fr: "Plafond trop bas", en: "Cap too low" } },
  too_many_requests: { status: 429, title: { fr: "Trop de requêtes", en: "Too many requests" } },
  files_unavailable: { status: 503, title: { fr: "Fichiers hors d’atteinte", en: "Files out of reach" } },
  shutting_down: { status: 503, title: { fr: "Arrêt en cours", en: "Shutting down" } },
  internal: { status: 500, title: { fr: "Erreur interne", en: "Internal error" } },
} as const satisfies Record<string, { status: number; title: LocalText }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** An error that a person can act on. `detail` says what happened and what to do next; nothing in it is secret. */
export class RelaisError extends Error {
  override readonly name = "RelaisError";
  readonly code: ErrorCode;
  readonly detail: LocalText;
  readonly problems: Problem[];

  constructor(code: ErrorCode, detail: LocalText, problems: Problem[] = []) {
    super(detail.en);
    this.code = code;
    this.detail = detail;
    this.problems = problems;
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }
}

/** The text of an unknown thrown value; never its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
