import { z } from "zod";
import {
  FAKE_TEXT,
  jsonAnswer,
  wordsOf,
  type FakeAnswer,
  type FakeCall,
  type FakeVendor,
} from "./fake-server.ts";

/** Content of a message: a text, or texts and pictures as data URLs. */
const content = z.union([
  z.string().min(1),
  z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("text"), text: z.string() }),
        z.strictObject({
          type: z.literal("image_url"),
          image_url: z.strictObject({ url: z.string().startsWith("data:image/") }),
        }),
      ]),
    )
    .min(1),
]);

/** A streamed chat completion as all vendors of this language take it, with the members that one of them adds. */
export function chatBody(additions: z.ZodRawShape = {}): z.ZodType {
  return z.strictObject({
    model: z.string().min(1),
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content })).min(1),
    stream: z.literal(true),
    max_tokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    response_format: z.looseObject({ type: z.enum(["json_object", "json_schema"]) }).optional(),
    ...additions,
  });
}

/** The member by which some vendors are asked for the count of tokens. */
export const STREAM_OPTIONS = { stream_options: z.strictObject({ include_usage: z.boolean() }).optional() };

/** What is wrong with a POST whose key is a bearer token, in the vendor's words; null where nothing is. */
export function refusalOf(
  call: FakeCall,
  vendor: { bodies: Record<string, z.ZodType>; apiKey: string; error: FakeVendor["error"] },
): FakeAnswer | null {
  const body = vendor.bodies[call.path];
  if (!body) return vendor.error(404, "not_found");
  if (call.method !== "POST") return vendor.error(405, "method_not_allowed");
  if (call.headers["authorization"] !== `Bearer ${vendor.apiKey}`) return vendor.error(401, "unauthorized");
  const result = body.safeParse(call.body);
  return result.success ? null : vendor.error(400, z.prettifyError(result.error));
}

/** Errors as OpenAI words them; the words are the vendor's, by the fake's kind of error, else that kind itself. */
export function openaiError(
  words: Record<string, { message: string; type: string; code?: string | number | null }>,
): FakeVendor["error"] {
  return (status, kind) => {
    const type = status >= 500 ? "server_error" : "invalid_request_error";
    const error = words[kind] ?? { message: kind, type, code: null };
    return jsonAnswer(status, { error: { param: null, ...error } });
  };
}

/** How many tokens a call of the fakes counts. */
interface Counted {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/**
 * A streamed chat completion: `data:` lines with pieces of the text, and `[DONE]`. Tokens are counted in a piece of their own
 * where the call asks for them; `lastPiece` says what a vendor puts into the one that ends the text.
 */
export function chatAnswer(
  call: FakeCall,
  kind: "full" | "empty" | "refused",
  options: { usage?: Record<string, unknown>; lastPiece?: (usage: Counted) => Record<string, unknown> } = {},
): FakeAnswer {
  const { model, stream_options } = z
    .looseObject({
      model: z.string(),
      stream_options: z.object({ include_usage: z.boolean() }).optional(),
    })
    .parse(call.body);
  const written = kind === "full" ? FAKE_TEXT : "";
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_763_800_000, model };
  const completion_tokens = 30 + Math.ceil(written.length / 4);
  const usage = {
    prompt_tokens: 40,
    completion_tokens,
    total_tokens: 40 + completion_tokens,
    ...options.usage,
  };
  const piece = (delta: object, finish_reason: string | null) => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  const pieces: object[] = [
    piece({ role: "assistant", content: "" }, null),
    ...wordsOf(written).map((words) => piece({ content: words }, null)),
    { ...piece({}, kind === "refused" ? "content_filter" : "stop"), ...options.lastPiece?.(usage) },
  ];
  if (stream_options?.include_usage) pieces.push({ ...base, choices: [], usage });
  const lines = [...pieces.map((value) => JSON.stringify(value)), "[DONE]"];
  return {
    status: 200,
    contentType: "text/event-stream",
    pieces: lines.map((line) => `data: ${line}\n\n`),
  };
}
