import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_ANTHROPIC_KEY, startFakeAnthropic } from "../../test/support/fake-anthropic.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("claude", { parameters: { max_output_tokens: 500, reasoning_effort: "low" } });

describeProvider("anthropic", {
  create: createAnthropicProvider,
  startFake: () => startFakeAnthropic(),
  basePath: "/v1",
  apiKey: FAKE_ANTHROPIC_KEY,
  requests: [TEXT],
});

describe("anthropic", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeAnthropic();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_ANTHROPIC_KEY, baseUrl: `${fake.url}/v1` };
    call = new CallUnderTest(createAnthropicProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text in many pieces and meters it", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(call.deltas.length).toBeGreaterThan(3);
    expect(output.usage).toMatchObject({
      inputTokens: 40,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]).toMatchObject({
      path: "/v1/messages",
      body: { model: "claude-sonnet-5-5", max_tokens: 500, stream: true, output_config: { effort: "low" } },
    });
  });

  test("says that a text was declined, with what it cost in tokens", async () => {
    fake.play("refused");
    const output = await call.submit(TEXT);
    expect(output).toMatchObject({ refusal: "", usage: { inputTokens: 40, outputTokens: 30 } });
  });

  test("gives an empty text as it is: the step decides", async () => {
    fake.play("empty");
    expect(await call.submit(TEXT)).toMatchObject({ text: "", usage: { outputTokens: 30 } });
  });

  test("does not take the first half of a text for the whole", async () => {
    fake.play("truncated");
    expect(await call.failure(TEXT)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });
});
