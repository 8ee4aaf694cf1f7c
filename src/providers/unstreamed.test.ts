import { afterEach, describe, expect, test } from "vitest";
import { jsonAnswer, startFakeServer, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import { createGoogleProvider } from "./google.ts";
import { createMistralProvider } from "./mistral.ts";
import { createOpenaiProvider } from "./openai.ts";
import type { Provider } from "./provider.ts";
import { CallUnderTest, requestFor } from "./provider.testsuite.ts";

const TEXT = "The sea is wide.";

/** Whole answers as the vendors document them for a request that asks for no stream. */
const WHOLE = {
  openai: {
    id: "resp_1",
    object: "response",
    created_at: 1_763_800_000,
    model: "gpt-6.2-sol",
    status: "completed",
    output: [
      {
        type: "message",
        id: "msg_1",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: TEXT, annotations: [] }],
      },
    ],
    usage: { input_tokens: 40, output_tokens: 12, total_tokens: 52 },
  },
  anthropic: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [{ type: "text", text: TEXT }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 40, output_tokens: 12 },
  },
  google: {
    candidates: [{ content: { role: "model", parts: [{ text: TEXT }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 40, candidatesTokenCount: 12, totalTokenCount: 52 },
  },
  mistral: {
    id: "cmpl_1",
    object: "chat.completion",
    created: 1_763_800_000,
    model: "mistral-medium-3-5",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: TEXT } }],
    usage: { prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 },
  },
};

let fake: FakeServer;
let outbound: Outbound;

afterEach(async () => {
  await outbound.close();
  await fake.stop();
});

async function callTo(create: (outbound: Outbound) => Provider, answer: object): Promise<CallUnderTest> {
  fake = await startFakeServer({
    overloadedStatus: 503,
    check: () => null,
    error: (status) => jsonAnswer(status, { error: { message: "no" } }),
    answer: () => jsonAnswer(200, answer),
  });
  outbound = createOutbound({ trustedOrigins: [fake.url] });
  return new CallUnderTest(create(outbound), { apiKey: "key-0123456789", baseUrl: fake.url });
}

describe("a server that does not stream", () => {
  test.each([
    ["openai:gpt-6.2-sol", createOpenaiProvider, WHOLE.openai],
    ["anthropic:claude-sonnet-5-5", createAnthropicProvider, WHOLE.anthropic],
    ["google:gemini-3.8-flash", createGoogleProvider, WHOLE.google],
    ["mistral:mistral-medium-3-5", createMistralProvider, WHOLE.mistral],
  ])("is read all the same, and asked once: %s", async (model, create, answer) => {
    const call = await callTo(create, answer);
    const output = await call.submit(requestFor(model, { parameters: { max_output_tokens: 500 } }));
    expect(output.text).toBe(TEXT);
    expect(output.usage).toMatchObject({ inputTokens: 40, outputTokens: 12 });
    expect(call.deltas).toEqual([TEXT]);
    expect(fake.calls).toHaveLength(1);
  });

  test("is not believed where its answer is something else, which counts as billed", async () => {
    const call = await callTo(createMistralProvider, { hello: "there" });
    expect(await call.failure(requestFor("mistral:mistral-medium-3-5"))).toMatchObject({ billed: "yes" });
    expect(fake.calls).toHaveLength(1);
  });
});
