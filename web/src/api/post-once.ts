import type { Language } from "../../../src/errors.ts";
import { ApiProblem, callApi } from "./client.ts";

let unanswered: { request: string; idempotencyKey: string } | null = null;

/**
 * Asks for something that may cost money. Where no answer came, or one that does not say what was done, the same request
 * sent again never starts (or pays) a second one.
 */
export async function postOnce<Answer>(path: string, body: unknown, language: Language): Promise<Answer> {
  const request = `${path} ${JSON.stringify(body)}`;
  const idempotencyKey = unanswered?.request === request ? unanswered.idempotencyKey : newKey();
  unanswered = { request, idempotencyKey };
  try {
    const answer = await callApi<Answer>(path, { method: "POST", body, language, idempotencyKey });
    unanswered = null;
    return answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.code !== "unreachable" && error.status < 500) {
      unanswered = null;
    }
    throw error;
  }
}

/** `crypto.randomUUID` is missing where the page is not served from a secure origin. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
