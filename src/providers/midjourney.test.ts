import { z } from "zod";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { FAKE_MIDJOURNEY_KEY, startFakeMidjourney } from "../../test/support/fake-midjourney.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createMidjourneyProvider } from "./midjourney.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const IMAGE = requestFor("midjourney:imagine");

describeProvider("midjourney", {
  create: createMidjourneyProvider,
  startFake: startFakeMidjourney,
  basePath: "/mj",
  apiKey: FAKE_MIDJOURNEY_KEY,
  requests: [IMAGE],
  hasJobs: ["image"],
  hasResultUrls: ["image"],
  cancels: ["image"],
});

describe("midjourney", () => {
  let fake: FakeServer;
  let outbound: Outbound;

  beforeEach(async () => {
    fake = await startFakeMidjourney();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
  });
  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  function callWith(apiKey: string | null): CallUnderTest {
    return new CallUnderTest(createMidjourneyProvider(outbound), { apiKey, baseUrl: `${fake.url}/mj` });
  }

  test("puts parameters behind the prompt, on one line", async () => {
    const parameters = { aspect_ratio: "16:9", style: "raw", stylize: 250, seed: 7, negative_prompt: "text" };
    await callWith(FAKE_MIDJOURNEY_KEY).submit({ ...IMAGE, prompt: "The sea,\n at dawn ", parameters });
    expect(fake.submissions[0]?.body).toEqual({
      prompt: "The sea, at dawn --ar 16:9 --style raw --stylize 250 --seed 7 --no text",
    });
  });

  test("takes the proportions of a size in pixels", async () => {
    await callWith(FAKE_MIDJOURNEY_KEY).submit({
      ...IMAGE,
      prompt: "The sea",
      parameters: { size: "1344x768" },
    });
    expect(fake.submissions[0]?.body).toEqual({ prompt: "The sea --ar 7:4" });
  });

  test("hands pictures over", async () => {
    const images = [{ mediaType: "image/png", bytes: pngOf(32, 32) }];
    await callWith(FAKE_MIDJOURNEY_KEY).submit({ ...IMAGE, images });
    expect(fake.submissions[0]).toHaveProperty("body.base64Array.length", 1);
  });

  test.each(["again", "queue"])("takes the task’s id where the gateway answers to “%s”", async (prompt) => {
    const call = callWith(FAKE_MIDJOURNEY_KEY);
    const output = await call.submit({ ...IMAGE, prompt });
    expect(output.files).toHaveLength(1);
    expect(call.progress).toEqual([0.5]);
  });

  test("tries again later where the queue is full", async () => {
    const failure = await callWith(FAKE_MIDJOURNEY_KEY).failure({ ...IMAGE, prompt: "full" });
    expect(failure).toMatchObject({ code: "rate_limited", billed: "no", isTransient: true });
    expect(fake.submissions).toHaveLength(1);
  });

  test("names the word that is banned", async () => {
    fake.play("refused");
    const failure = await callWith(FAKE_MIDJOURNEY_KEY).failure(IMAGE);
    expect(failure).toMatchObject({ code: "content_refused", billed: "no" });
    expect(failure.detail.en).toContain("(nude)");
  });

  test("sends no header of a key where there is none", async () => {
    await callWith(null).failure(IMAGE);
    expect(fake.calls[0]?.headers).not.toHaveProperty("mj-api-secret");
    expect(fake.calls[0]?.headers).not.toHaveProperty("authorization");
  });

  test("adds no flags but its own, whoever wrote them", async () => {
    const parameters = { negative_prompt: "fog --repeat 40", style: "raw —turbo", aspect_ratio: "16:9" };
    const prompt = "sea --turbo --repeat 10 —v 5.2–r 3 ---x, a half-open {red, green} door";
    await callWith(FAKE_MIDJOURNEY_KEY).submit({ ...IMAGE, prompt, parameters });
    const said = z.object({ prompt: z.string() }).parse(fake.submissions[0]?.body).prompt;
    expect(said).toBe(
      "sea - turbo - repeat 10 - v 5.2 - r 3 - x, a half-open (red, green) door --ar 16:9 --style raw - turbo --no fog - repeat 40",
    );
  });
});
