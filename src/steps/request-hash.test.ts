import { describe, expect, test } from "vitest";
import { requestHash } from "./request-hash.ts";

describe("requestHash", () => {
  test("is the same whatever the order of the keys", () => {
    expect(requestHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(
      requestHash({ b: { d: null, c: [1, 2] }, a: 1 }),
    );
  });

  test("differs with any value, and with the order of a list", () => {
    const hashes = [{ a: 1 }, { a: "1" }, { a: [1, 2] }, { a: [2, 1] }, { b: 1 }, { a: { b: 1 } }].map(
      requestHash,
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
