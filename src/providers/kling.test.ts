import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_KLING_KEY, FAKE_KLING_PAIR, startFakeKling } from "../../test/support/fake-kling.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { createKlingProvider } from "./kling.ts";
import { CallUnderTest, describeProvider, requestFor } from "./provider.testsuite.ts";

const PICTURE = { mediaType: "image/png", bytes: new Uint8Array([1, 2, 3]) };

const FILM = requestFor("kling:kling-v3", {
  parameters: { duration: 5, resolution: "1080p", aspect_ratio: "16:9", audio: false },
});
const FROM_PICTURE = { ...FILM, modelId: "kling-v2-6", images: [PICTURE] };

describeProvider("kling", {
  create: createKlingProvider,
  startFake: () => startFakeKling(),
  basePath: "",
  apiKey: FAKE_KLING_KEY,
  requests: [FILM, FROM_PICTURE],
  hasJobs: ["video"],
  hasResultUrls: ["video"],
});

describe("kling", () => {
  let fake: FakeServer;
  let outbound: Outbound;

  const callWith = (apiKey: string): CallUnderTest =>
    new CallUnderTest(createKlingProvider(outbound), { apiKey, baseUrl: fake.url });

  beforeEach(async () => {
    fake = await startFakeKling();
    outbound = createOutbound({ trustedOrigins: [fake.url] });
  });

  afterEach(async () => {
    await outbound.close();
    await fake.stop();
  });

  test("films from a text, and reports the seconds that were asked for and the units that it took", async () => {
    const call = callWith(FAKE_KLING_KEY);
    const output = await call.submit({
      ...FILM,
      parameters: { ...FILM.parameters, negative_prompt: "rain" },
    });
    expect(output.usage).toEqual({ videoSeconds: 5, credits: 3 });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/videos/text2video",
      headers: { authorization: `Bearer ${FAKE_KLING_KEY}` },
      body: {
        model_name: "kling-v3",
        mode: "pro",
        duration: "5",
        aspect_ratio: "16:9",
        sound: "off",
        negative_prompt: "rain",
      },
    });
  });

  test("gives the task the name of the attempt, by which it is known once only", async () => {
    const call = callWith(FAKE_KLING_KEY);
    await call.submit(FILM);
    await call.submit({ ...FROM_PICTURE, images: [PICTURE] });
    const names = fake.submissions.map(({ body }) => body);
    expect(names).toMatchObject([{ external_task_id: "attempt-1" }, { external_task_id: "attempt-1" }]);
  });

  test("films between two pictures, whose proportions the film takes", async () => {
    await callWith(FAKE_KLING_KEY).submit({ ...FROM_PICTURE, images: [PICTURE, PICTURE] });
    expect(fake.submissions[0]).toMatchObject({
      path: "/v1/videos/image2video",
      body: { image: "AQID", image_tail: "AQID" },
    });
    expect(fake.submissions[0]?.body).not.toHaveProperty("aspect_ratio");
  });

  test("signs a token with the older pair of keys, and sends neither of them", async () => {
    await callWith(FAKE_KLING_PAIR).submit(FILM);
    const [access = "", secret = ""] = FAKE_KLING_PAIR.split(":");
    expect(fake.calls.length).toBeGreaterThan(2);
    expect(JSON.stringify(fake.calls)).not.toContain(access);
    expect(JSON.stringify(fake.calls)).not.toContain(secret);
  });

  test("is refused with a secret key that is wrong", async () => {
    const call = callWith(FAKE_KLING_PAIR.replace("secret", "sicret"));
    expect(await call.failure(FILM)).toMatchObject({ code: "auth", billed: "no" });
  });
});
