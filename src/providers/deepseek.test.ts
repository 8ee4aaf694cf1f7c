import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_DEEPSEEK_KEY, startFakeDeepseek } from "../../test/support/fake-deepseek.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createDeepseekProvider } from "./deepseek.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("deepseek:deepseek-flash", {
  parameters: { max_output_tokens: 500, reasoning_effort: "low" },
});

describeProvider("deepseek", {
  create: createDeepseekProvider,
  startFake: startFakeDeepseek,
  basePath: "",
  apiKey: FAKE_DEEPSEEK_KEY,
  requests: [TEXT],
});

describe("deepseek", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeDeepseek();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_DEEPSEEK_KEY, baseUrl: fake.url };
    call = new CallUnderTest(createDeepseekProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text and meters it, the cache included", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.usage).toEqual({
      inputTokens: 40,
      cachedInputTokens: 10,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "deepseek-flash",
      max_tokens: 500,
      reasoning_effort: "low",
    });
  });

  test("does not think where it is told not to", async () => {
    await call.submit({ ...TEXT, parameters: { max_output_tokens: 500, reasoning_effort: "none" } });
    expect(fake.calls[0]?.body).toMatchObject({ thinking: { type: "disabled" } });
    expect(fake.calls[0]?.body).not.toHaveProperty("reasoning_effort");
  });
});
