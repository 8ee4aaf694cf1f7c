import type { LanguageModel } from "ai";
import { z } from "zod";
import { TruncatedAnswer } from "./failure.ts";
import type { ProviderRequest } from "./provider.ts";
import { promptWithSchema } from "./schema-prompt.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError } from "./vendor-error.ts";
import { dataUrl } from "./vendor-http.ts";

type Model = Extract<LanguageModel, { specificationVersion: "v4" }>;
type ModelOptions = Parameters<Model["doStream"]>[0];
type StreamPart =
  Awaited<ReturnType<Model["doStream"]>>["stream"] extends ReadableStream<infer Part> ? Part : never;
type Usage = Extract<StreamPart, { type: "finish" }>["usage"];

const searchResult = z.object({ title: z.string().nullable().catch(null), url: z.string() });

/** A page that was found on the web. */
export type SearchResult = z.output<typeof searchResult>;

/** What bounds the cost of a text: its price in `prices.json` is worked out from these. */
const SEARCHES_AT_MOST = 3;
const TOKENS_A_SEARCH = 4_096;

/**
 * Perplexity's Agent API as a model of the AI SDK, whose own package speaks the API that has ended. Facts:
 * https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview
 */
export function createAgentModel(options: {
  request: ProviderRequest;
  call: VendorCall;
  onFound: (found: SearchResult[]) => void;
}): Model {
  const { request, call, onFound } = options;
  return {
    specificationVersion: "v4",
    provider: "perplexity",
    modelId: request.modelId,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error("Texts are streamed")),
    async doStream(modelOptions) {
      const response = await call.fetch(`${call.baseUrl}/v1/agent`, {
        method: "POST",
        headers: { authorization: `Bearer ${call.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify(bodyOf(request, modelOptions)),
        signal: call.signal,
      });
      if (!response.ok) {
        throw new VendorAnswerError({ status: response.status, body: await response.text() });
      }
      return { stream: streamOf(partsOf(eventsOf(response), { call, onFound })) };
    },
  };
}

function streamOf(parts: AsyncGenerator<StreamPart>): ReadableStream<StreamPart> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await parts.return(undefined);
    },
  });
}

/** Unknown members are refused, so only these are sent. */
function bodyOf(request: ProviderRequest, { maxOutputTokens, temperature, responseFormat }: ModelOptions) {
  const words = promptWithSchema(request.prompt, request.outputSchema);
  const text = { type: "input_text", text: words };
  const images = request.images.map((image) => ({ type: "input_image", image_url: dataUrl(image) }));
  const schema = responseFormat?.type === "json" ? responseFormat.schema : undefined;
  return {
    model: request.modelId,
    input: [{ type: "message", role: "user", content: [text, ...images] }],
    tools: [{ type: "web_search", max_tokens: TOKENS_A_SEARCH }],
    max_tool_calls: SEARCHES_AT_MOST,
    max_output_tokens: maxOutputTokens,
    temperature,
    response_format: schema && { type: "json_schema", json_schema: { name: "answer", schema } },
    store: false,
    stream: true,
  };
}

const anyEvent = z.looseObject({ type: z.string() });
const delta = z.object({ delta: z.string() });
const ended = z.object({
  response: z.object({
    /** Kinds of items that are not known are left alone. */
    output: z.array(z.looseObject({ results: z.array(searchResult).catch([]) })).catch([]),
    incomplete_details: z.object({ reason: z.string() }).nullish(),
    usage: z
      .looseObject({
        input_tokens: z.number(),
        output_tokens: z.number(),
        input_tokens_details: z.looseObject({ cache_read_input_tokens: z.number().nullish() }).nullish(),
      })
      .nullish(),
  }),
});
const failed = z.object({
  error: z.looseObject({ type: z.string().nullish(), code: z.coerce.number().catch(500) }),
});

/** Each event is one line; there is nothing that says the end but the event that does. */
async function* eventsOf(response: Response): AsyncGenerator<{ type: string }> {
  if (!response.body) return;
  let rest = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) yield anyEvent.parse(JSON.parse(line.slice(6)));
    }
  }
}

async function* partsOf(
  events: AsyncIterable<{ type: string }>,
  { call, onFound }: { call: VendorCall; onFound: (found: SearchResult[]) => void },
): AsyncGenerator<StreamPart> {
  yield { type: "stream-start", warnings: [] };
  yield { type: "text-start", id: "text" };
  for await (const event of events) {
    switch (event.type) {
      case "response.output_text.delta":
        yield { type: "text-delta", id: "text", delta: delta.parse(event).delta };
        break;
      case "response.reasoning.search_results":
        // A search has been paid for.
        call.markOutput();
        break;
      case "response.completed":
      case "response.incomplete":
        yield { type: "text-end", id: "text" };
        yield endOf(event, onFound);
        return;
      case "response.cancelled":
        throw new TruncatedAnswer();
      case "response.failed":
      case "error":
        throw new VendorAnswerError({
          status: failed.parse(event).error.code,
          body: JSON.stringify(event),
        });
      default:
    }
  }
}

function endOf(event: { type: string }, onFound: (found: SearchResult[]) => void): StreamPart {
  const { output, usage, incomplete_details: incomplete } = ended.parse(event).response;
  onFound(output.flatMap(({ results }) => results));
  const raw = incomplete?.reason ?? event.type.slice("response.".length);
  const unified = raw === "content_filter" ? "content-filter" : incomplete ? "length" : "stop";
  const cacheRead = usage?.input_tokens_details?.cache_read_input_tokens ?? undefined;
  const asTheyCame = z.record(z.string(), z.json()).safeParse(usage);
  const counted: Usage = {
    inputTokens: { total: usage?.input_tokens, noCache: undefined, cacheRead, cacheWrite: undefined },
    outputTokens: { total: usage?.output_tokens, text: undefined, reasoning: undefined },
    ...(asTheyCame.success && { raw: asTheyCame.data }),
  };
  return { type: "finish", finishReason: { unified, raw }, usage: counted };
}
