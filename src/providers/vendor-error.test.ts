import { describe, expect, test } from "vitest";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";

const PAIR = "AKxyz123456789:SK/secret+999999";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function wordsOf(message: string, apiKey: string): string {
  return vendorError({ message }, apiKey).message;
}

describe("vendorError", () => {
  test.each([
    ["the key", PAIR],
    ["the first half of a pair", "AKxyz123456789"],
    ["the second half of a pair", "SK/secret+999999"],
    ["the key in an address", encodeURIComponent(PAIR)],
    ["the key in an address, its codes in small letters", "AKxyz123456789%3aSK%2fsecret%2b999999"],
    ["a half in an address", encodeURIComponent("SK/secret+999999")],
    ["the key in a header", base64(PAIR)],
    ["the key in an address, as Base64", Buffer.from(PAIR).toString("base64url")],
    ["a token that was made of it", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBIn0.c2lnbmF0dXJl"],
    ["a token without its signature", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBIn0"],
  ])("takes out %s", (_form, secret) => {
    const said = wordsOf(`Before ${secret} after`, PAIR);
    expect(said).toMatch(/^Before •••=* after$/);
  });

  test("takes the key out before it shortens", () => {
    const key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH";
    for (let room = 250; room < 300; room += 1) {
      const said = wordsOf(`${"x".repeat(room)} ${key} is wrong`, key);
      expect(said).not.toContain("abc");
      expect(said.length).toBeLessThanOrEqual(301);
    }
  });

  test("leaves words alone where there is no key, or a short half of one", () => {
    expect(wordsOf("bad user: me", "")).toBe("bad user: me");
    expect(wordsOf("bad user: me", "me:a-long-password")).toBe("bad user: me");
  });

  test("reads what a vendor answered", () => {
    const body = JSON.stringify({ error: { message: `no ${PAIR}`, code: "insufficient_quota" } });
    const error = new VendorAnswerError({ status: 429, body });
    expect(vendorError(error, PAIR)).toEqual({
      message: "no •••",
      status: 429,
      isQuota: true,
      isContentRefusal: false,
      isKeyRefusal: false,
    });
  });
});
