import { describe, expect, test } from "vitest";
import { createOutbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs } from "./jobs.ts";
import { CallUnderTest, requestFor } from "./provider.testsuite.ts";
import { VendorAnswerError } from "./vendor-error.ts";

const KEY = "0123abcd-efgh-4567:89abcdef0123456789abcdef0123";

describe("a job that its vendor has forgotten", () => {
  test("ends in words without the key, also where they are cut in its middle", async () => {
    const facts = providerFacts("fal");
    const body = JSON.stringify({ detail: `${"x".repeat(275)} (credential ${KEY})` });
    const jobs = createJobs(
      {
        facts,
        pollAfterMs: 1,
        submit: () => Promise.resolve("job"),
        read: () => Promise.reject(new VendorAnswerError({ status: 404, body })),
      },
      createOutbound(),
    );
    const call = new CallUnderTest({ ...facts, ...jobs }, { apiKey: KEY, baseUrl: null });
    const failure = await call.failure(requestFor("fal:fal-ai/flux-2-pro"));
    expect(failure).toMatchObject({ code: "unavailable", billed: "unknown" });
    expect(failure.detail.en).toContain("xxx (credential •••");
    expect(failure.detail.en).not.toContain(KEY.slice(0, 4));
  });
});
