import { afterEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_PERPLEXITY_KEY, startFakePerplexity } from "../../test/support/fake-perplexity.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createPerplexityProvider } from "./perplexity.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("perplexity:perplexity/sonar", {
  parameters: { max_output_tokens: 500, temperature: 0.2 },
});

describeProvider("perplexity", {
  create: createPerplexityProvider,
  startFake: () => startFakePerplexity(),
  basePath: "",
  apiKey: FAKE_PERPLEXITY_KEY,
  requests: [TEXT],
});

describe("perplexity", () => {
  let fake: FakeServer;
  let outbound: Outbound;

  const callOf = async (options: { ending?: "failed" | "cancelled" } = {}): Promise<CallUnderTest> => {
    fake = await startFakePerplexity(options);
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_PERPLEXITY_KEY, baseUrl: fake.url };
    return new CallUnderTest(createPerplexityProvider(outbound), config);
  };

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text, with what it found, what it used and what it cost", async () => {
    const call = await callOf();
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.reportedNanoUsd).toBe(3_650_000);
    expect(output.usage).toEqual({
      inputTokens: 4_000,
      cachedInputTokens: 100,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(output.raw).toMatchObject({
      finish_reason: "completed",
      usage: { tool_calls_details: { search_web: { invocation: 1 } } },
      search_results: [
        { title: "The sea", url: "https://example.org/sea" },
        { title: "Tides", url: "https://example.org/tides" },
      ],
    });
  });

  test("bounds what it may search, and sends only what is known", async () => {
    const call = await callOf();
    await call.submit(TEXT);
    expect(fake.calls[0]?.body).toEqual({
      model: "perplexity/sonar",
      input: [
        { type: "message", role: "user", content: [{ type: "input_text", text: "A few words on the sea." }] },
      ],
      tools: [{ type: "web_search", max_tokens: 4_096 }],
      max_tool_calls: 3,
      max_output_tokens: 500,
      temperature: 0.2,
      store: false,
      stream: true,
    });
  });

  test("asks for JSON by its schema, in words too", async () => {
    const call = await callOf();
    const outputSchema = { type: "object", properties: { title: { type: "string" } } };
    await call.submit({ ...TEXT, outputSchema });
    const words = `Answer with JSON alone, without a fence around it, that fits this JSON Schema:\n${JSON.stringify(outputSchema)}`;
    expect(fake.calls[0]).toMatchObject({
      body: {
        input: [{ content: [{ text: `${TEXT.prompt}\n\n${words}` }] }],
        response_format: { json_schema: { schema: outputSchema } },
      },
    });
  });

  test("shows pictures", async () => {
    const call = await callOf();
    await call.submit({ ...TEXT, images: [{ mediaType: "image/png", bytes: pngOf(8, 8) }] });
    expect(JSON.stringify(fake.calls[0]?.body)).toContain("data:image/png;base64,");
  });

  test.each(["failed", "cancelled"] as const)(
    "does not know whether a run was billed that %s after it had searched",
    async (ending) => {
      const call = await callOf({ ending });
      expect(await call.failure(TEXT)).toMatchObject({ billed: "unknown", isTransient: false });
      expect(fake.submissions).toHaveLength(1);
    },
  );

  test("says that a text was declined, with what it cost", async () => {
    const call = await callOf();
    fake.play("refused");
    expect(await call.submit(TEXT)).toMatchObject({ refusal: "", reportedNanoUsd: 3_650_000 });
  });

  test("does not take the first half of a text for the whole", async () => {
    const call = await callOf();
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });
});
