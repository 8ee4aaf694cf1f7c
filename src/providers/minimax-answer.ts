import { z } from "zod";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError } from "./vendor-error.ts";
import { readJson, type VendorRequest } from "./vendor-http.ts";

/** How an answer of MiniMax says whether it is one: errors come with HTTP 200, too. One that does not say it is no error. */
export const baseResponse = z
  .object({ status_code: z.number().default(0), status_msg: z.string().catch("") })
  .nullish()
  .transform((base) => base ?? { status_code: 0, status_msg: "" });

type BaseResponse = z.output<typeof baseResponse>;

/**
 * The HTTP status that would have fitted. A code that is not listed is taken for a request that is refused for good.
 * Source: https://platform.minimax.io/docs/api-reference/errorcode.
 */
const STATUS_OF: Record<number, number> = {
  1000: 500,
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1024: 500,
  1033: 500,
  1039: 429,
  1041: 429,
  2045: 429,
  2049: 401,
  2056: 402,
};

/** Codes for what goes in, and for what comes out, being held to be sensitive. */
export const SENSITIVE_INPUT = 1026;
export const SENSITIVE_OUTPUT = 1027;

export function isSensitive({ status_code: code }: BaseResponse): boolean {
  return code === SENSITIVE_INPUT || code === SENSITIVE_OUTPUT;
}

/** @throws VendorAnswerError where the answer is an error; `overrides` give codes another status. */
export function requireSuccess(base: BaseResponse, overrides: Record<number, number> = {}): void {
  const { status_code: code, status_msg: message } = base;
  if (code === 0) return;
  const type = isSensitive(base) ? "sensitive_content" : `error_${code}`;
  const status = overrides[code] ?? STATUS_OF[code] ?? 400;
  throw new VendorAnswerError({ status, body: JSON.stringify({ type, message }) });
}

const anyAnswer = z.looseObject({ base_resp: baseResponse });

/** Sends a request and reads what answers it by `schema`. @throws VendorAnswerError for an error, whatever its HTTP status. */
export async function readAnswer<Answer>(
  call: VendorCall,
  request: Pick<VendorRequest, "path" | "body">,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const answer = await readJson(call, { ...request, headers: bearerOf(call) }, anyAnswer);
  requireSuccess(answer.base_resp);
  return schema.parse(answer);
}

export function bearerOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}
