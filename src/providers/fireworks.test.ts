import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_FIREWORKS_KEY, startFakeFireworks } from "../../test/support/fake-fireworks.ts";
import { FAKE_TEXT, type FakeServer } from "../../test/support/fake-server.ts";
import { pngOf } from "../../test/support/fake-files.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createFireworksProvider } from "./fireworks.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const TEXT = requestFor("fireworks:accounts/fireworks/models/gpt-oss-120b", {
  parameters: { max_output_tokens: 500, reasoning_effort: "low" },
});

describeProvider("fireworks", {
  create: createFireworksProvider,
  startFake: startFakeFireworks,
  basePath: "/inference/v1",
  apiKey: FAKE_FIREWORKS_KEY,
  requests: [TEXT],
});

describe("fireworks", () => {
  let fake: FakeServer;
  let outbound: Outbound;
  let call: CallUnderTest;

  beforeEach(async () => {
    fake = await startFakeFireworks();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
    const config = { apiKey: FAKE_FIREWORKS_KEY, baseUrl: `${fake.url}/inference/v1` };
    call = new CallUnderTest(createFireworksProvider(outbound), config);
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("streams a text at the asked effort and meters it, the cache included", async () => {
    const output = await call.submit(TEXT);
    expect(output.text).toBe(FAKE_TEXT);
    expect(output.usage).toEqual({
      inputTokens: 40,
      cachedInputTokens: 10,
      outputTokens: 30 + Math.ceil(FAKE_TEXT.length / 4),
    });
    expect(fake.calls[0]?.body).toMatchObject({
      model: "accounts/fireworks/models/gpt-oss-120b",
      max_tokens: 500,
      reasoning_effort: "low",
    });
  });

  test("shows pictures to a model that sees", async () => {
    const request = requestFor("fireworks:accounts/fireworks/models/kimi-k3");
    await call.submit({ ...request, images: [{ mediaType: "image/png", bytes: pngOf(8, 8) }] });
    expect(JSON.stringify(fake.calls[0]?.body)).toContain("data:image/png;base64,");
  });
});
