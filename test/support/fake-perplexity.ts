import { z } from "zod";
import { refusalOf } from "./chat-completions.ts";
import {
  FAKE_TEXT,
  jsonAnswer,
  startFakeServer,
  wordsOf,
  type FakeAnswer,
  type FakeCall,
  type FakeServer,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_PERPLEXITY_KEY = "pplx-fake-0123456789";

/** What the fake finds on the web. */
const FAKE_PAGES = [
  { id: 1, title: "The sea", url: "https://example.org/sea", snippet: "Salt water.", source: "web" },
  { id: 2, title: "Tides", url: "https://example.org/tides", snippet: "Twice a day.", source: "web" },
];

const content = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("input_text"), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("input_image"), image_url: z.string() }),
]);

/** Members that it does not know are refused. */
const agentBody = z.strictObject({
  model: z.string().regex(/^[\w-]+\/[\w.-]+$/),
  input: z.union([
    z.string().min(1),
    z.array(
      z.strictObject({
        type: z.literal("message"),
        role: z.enum(["user", "system", "assistant", "developer"]),
        content: z.union([z.string(), z.array(content).min(1)]),
      }),
    ),
  ]),
  tools: z.array(z.strictObject({ type: z.literal("web_search"), max_tokens: z.int().min(1).optional() })),
  max_tool_calls: z.int().min(0).optional(),
  max_output_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z
    .strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({ name: z.string().optional(), schema: z.looseObject({}) }),
    })
    .optional(),
  store: z.boolean().optional(),
  stream: z.literal(true),
});

const ERRORS: Record<string, { message: string; type: string }> = {
  unauthorized: { message: "Invalid API key provided.", type: "forbidden" },
  quota: {
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
  },
  rate_limited: { message: "Rate limit exceeded.", type: "request_rate_limit_exceeded" },
};

function error(status: number, kind: string): FakeAnswer {
  const words = ERRORS[kind] ?? { message: kind, type: status < 500 ? "invalid_request" : "internal_error" };
  return jsonAnswer(status, { error: { ...words, code: status } });
}

/** Perplexity's `/v1/agent` (streamed), in the shapes of its published API. `PERPLEXITY_BASE_URL` is `url`. */
export function startFakePerplexity(options: { ending?: "failed" | "cancelled" } = {}): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    // A key without credits is blocked.
    error: (status, kind) => error(kind === "quota" ? 401 : status, kind),
    check: (call) =>
      refusalOf(call, { bodies: { "/v1/agent": agentBody }, apiKey: FAKE_PERPLEXITY_KEY, error }),
    answer: (call, kind) => agentAnswer(call, kind, options.ending),
  });
}

function agentAnswer(
  call: FakeCall,
  kind: "full" | "empty" | "refused",
  ending: "failed" | "cancelled" | undefined,
): FakeAnswer {
  const { model } = agentBody.parse(call.body);
  const written = kind === "full" ? FAKE_TEXT : "";
  const response = { id: "resp_1", object: "response", created_at: 1_763_800_000, model, output: [] };
  const search = [
    { type: "response.created", response: { ...response, status: "in_progress" } },
    { type: "response.reasoning.started", thought: "" },
    { type: "response.reasoning.search_queries", queries: ["sea"] },
    { type: "response.reasoning.search_results", results: FAKE_PAGES },
  ];
  const text = [
    ...wordsOf(written).map((delta) => ({ type: "response.output_text.delta", item_id: "msg_1", delta })),
    { type: "response.output_text.done", item_id: "msg_1", text: written },
  ];
  if (ending === "failed") {
    const said = { type: "internal_error", code: "500", message: "The run failed." };
    return streamOf([...search, { type: "response.failed", error: said }]);
  }
  if (ending) return streamOf([...search, { type: "response.cancelled", response }]);
  const status = kind === "refused" ? "incomplete" : "completed";
  const end = {
    type: `response.${status}`,
    response: {
      ...response,
      status,
      output: [
        { type: "search_results", queries: ["sea"], results: FAKE_PAGES },
        {
          type: "message",
          id: "msg_1",
          role: "assistant",
          content: [{ type: "output_text", text: written }],
        },
      ],
      ...(kind === "refused" && { incomplete_details: { reason: "content_filter" } }),
      usage: usageOf(written),
    },
  };
  return streamOf([...search, ...text, end]);
}

function usageOf(written: string) {
  const output_tokens = 30 + Math.ceil(written.length / 4);
  return {
    input_tokens: 4_000,
    output_tokens,
    total_tokens: 4_000 + output_tokens,
    input_tokens_details: { cache_read_input_tokens: 100 },
    cost: {
      currency: "USD",
      input_cost: 0.001,
      output_cost: 0.00015,
      tool_calls_cost: 0.0025,
      total_cost: 0.00365,
    },
    tool_calls_details: { search_web: { invocation: 1 } },
  };
}

/** One line an event, numbered, without names of events and without `[DONE]`. */
function streamOf(events: object[]): FakeAnswer {
  const pieces = events.map(
    (event, index) => `data: ${JSON.stringify(Object.assign(event, { sequence_number: index }))}\n\n`,
  );
  return { status: 200, contentType: "text/event-stream", pieces };
}
