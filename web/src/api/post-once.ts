import type { Language } from "../../../src/errors.ts";
import { ApiProblem, callApi } from "./client.ts";

interface Unanswered {
  request: string;
  idempotencyKey: string;
}

/** Kept for the tab: a phone that lost the network may load the page anew. */
const STORAGE_KEY = "relais.unanswered";
let unanswered: Unanswered | null = readUnanswered();

/**
 * Asks for something that may cost money. Where no answer came, or one that does not say what was done, the same request
 * sent again never starts (or pays) a second one.
 */
export async function postOnce<Answer>(path: string, body: unknown, language: Language): Promise<Answer> {
  const request = `${path} ${JSON.stringify(body)}`;
  const idempotencyKey = unanswered?.request === request ? unanswered.idempotencyKey : newKey();
  keep({ request, idempotencyKey });
  try {
    const answer = await callApi<Answer>(path, { method: "POST", body, language, idempotencyKey });
    keep(null);
    return answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.code !== "unreachable" && error.status < 500) {
      keep(null);
    }
    throw error;
  }
}

function keep(next: Unanswered | null): void {
  unanswered = next;
  try {
    if (next === null) {
      sessionStorage.removeItem(STORAGE_KEY);
    } else {
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    }
  } catch {
    // Storage is full or refused: what is asked again after a reload is then new.
  }
}

function readUnanswered(): Unanswered | null {
  try {
    const stored: Partial<Unanswered> | null = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
    const { request, idempotencyKey } = stored ?? {};
    return request === undefined || idempotencyKey === undefined ? null : { request, idempotencyKey };
  } catch {
    return null;
  }
}

/** `crypto.randomUUID` is missing where the page is not served from a secure origin. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
