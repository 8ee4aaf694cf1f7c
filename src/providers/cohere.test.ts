import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_COHERE_KEY, startFakeCohere } from "../../test/support/fake-cohere.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createCohereProvider } from "./cohere.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("cohere:command-a-plus-05-2026", {
  parameters: { max_output_tokens: 500, temperature: 0.3, reasoning_effort: "none" },
});

describeProvider("cohere", {
  create: createCohereProvider,
  startFake: startFakeCohere,
  basePath: "/v2",
  apiKey: FAKE_COHERE_KEY,
  requests: [TEXT],
});

describe("cohere", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeCohere();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_COHERE_KEY, baseUrl: `${fake.url}/v2` };
    call = new CallUnderTest(createCohereProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text, and meters the tokens that are billed, not those that Cohere adds", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.usage).toEqual({ inputTokens: 40, outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4) });
    expect(output.raw).toMatchObject({ finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 540 } } });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "command-a-plus-05-2026",
      max_tokens: 500,
      temperature: 0.3,
      thinking: { type: "disabled" },
    });
  });

  test("lets a model think, or says nothing of it", async () => {
    await call.submit({ ...TEXT, parameters: { reasoning_effort: "high" } });
    expect(fake.calls[0]?.body).toMatchObject({ thinking: { type: "enabled" } });
    await call.submit(requestFor("cohere:command-a-03-2025"));
    expect(fake.calls[1]?.body).not.toHaveProperty("thinking");
  });

  test("shows pictures to a model that sees", async () => {
    await call.submit({ ...TEXT, images: [{ mediaType: "image/png", bytes: pngOf(8, 8) }] });
    expect(JSON.stringify(fake.calls[0]?.body)).toContain("data:image/png;base64,");
  });
});
