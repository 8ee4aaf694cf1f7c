import { describe, expect, test } from "vitest";
import { SecondPurchase, trackFetch } from "./tracked-fetch.ts";

/** A vendor that answers with these statuses, one after the other; null: not at all. */
function vendor(...statuses: (number | null)[]) {
  const sent: string[] = [];
  const { fetch, track } = trackFetch(async (input, init) => {
    sent.push(new Request(input, init).method);
    const status = statuses.shift() ?? null;
    if (status === null) throw new TypeError("fetch failed");
    return new Response(null, { status });
  });
  return { fetch, track, sent };
}

const ADDRESS = "https://vendor.example/v1";

describe("trackFetch", () => {
  test("sends one POST, and never another", async () => {
    const { fetch, sent } = vendor(200, 200, 200);
    await fetch(ADDRESS, { method: "post" });
    await expect(fetch(ADDRESS, { method: "POST" })).rejects.toBeInstanceOf(SecondPurchase);
    await expect(fetch(new Request(ADDRESS, { method: "POST" }))).rejects.toBeInstanceOf(SecondPurchase);
    expect(sent).toEqual(["POST"]);
    await fetch(ADDRESS);
    expect(sent).toEqual(["POST", "GET"]);
  });

  test("sends no POST again that was not answered or refused", async () => {
    const lost = vendor(null, 200);
    await expect(lost.fetch(ADDRESS, { method: "POST" })).rejects.toThrow("fetch failed");
    await expect(lost.fetch(ADDRESS, { method: "POST" })).rejects.toBeInstanceOf(SecondPurchase);
    const refused = vendor(500, 200);
    await refused.fetch(ADDRESS, { method: "POST" });
    await expect(refused.fetch(ADDRESS, { method: "POST" })).rejects.toBeInstanceOf(SecondPurchase);
    expect([lost.sent, refused.sent]).toEqual([["POST"], ["POST"]]);
  });

  test("remembers an earlier success, and the status of the last request alone", async () => {
    const { fetch, track } = vendor(200, 500, null);
    await fetch(ADDRESS, { method: "POST" });
    expect(track).toMatchObject({ status: 200, hasEarlierSuccess: false });
    await fetch(ADDRESS);
    expect(track).toMatchObject({ status: 500, hasEarlierSuccess: true });
    await expect(fetch(ADDRESS)).rejects.toThrow("fetch failed");
    expect(track).toMatchObject({ status: null, hasEarlierSuccess: true });
  });
});
