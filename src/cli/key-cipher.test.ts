import { describe, expect, test } from "vitest";
import { deriveCipher, isStrongSecret, makeSalt, makeSecret } from "./key-cipher.ts";

const PHRASE = "neuf vagues sur la digue grise";
const KEY = "sk-proj-0123456789abcdefghij";

describe("a sealed key", () => {
  test.each([["of 32 bytes", makeSecret()] as const, ["that is a phrase", PHRASE] as const])(
    "opens with the secret %s it was sealed with",
    async (_kind, secret) => {
      const salt = makeSalt();
      const { sealed } = (await deriveCipher(secret, salt)).seal("OPENAI_API_KEY", KEY);
      const again = await deriveCipher(secret, salt);
      expect(again.open("OPENAI_API_KEY", sealed)).toBe(KEY);
      expect(sealed).not.toContain(KEY);
      expect(Buffer.from(sealed, "base64").includes(KEY)).toBe(false);
    },
  );

  test("is another text each time it is sealed", async () => {
    const cipher = await deriveCipher(makeSecret(), makeSalt());
    expect(cipher.seal("A", KEY).sealed).not.toBe(cipher.seal("A", KEY).sealed);
  });

  test("does not open in the place of another variable, or changed", async () => {
    const cipher = await deriveCipher(makeSecret(), makeSalt());
    const { sealed } = cipher.seal("OPENAI_API_KEY", KEY);
    expect(cipher.open("SUNO_API_KEY", sealed)).toBeNull();
    const bytes = Buffer.from(sealed, "base64");
    for (const place of [0, 12, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(cipher.open("OPENAI_API_KEY", changed.toString("base64"))).toBeNull();
    }
    expect(cipher.open("OPENAI_API_KEY", sealed.slice(0, 20))).toBeNull();
  });

  test("is told from one of another secret without being opened", async () => {
    const salt = makeSalt();
    const [one, same, other] = [makeSecret(), PHRASE, `${PHRASE}.`];
    const ids = [one, one, same, same, other].map(
      async (secret) => (await deriveCipher(secret, salt)).secretId,
    );
    const [first, again, phrase, phraseAgain, otherPhrase] = await Promise.all(ids);
    expect([first, phrase]).toEqual([again, phraseAgain]);
    expect(new Set([first, phrase, otherPhrase]).size).toBe(3);
  });
});

describe("a secret", () => {
  test.each([
    [makeSecret(), true],
    ["0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", true],
    [PHRASE, true],
    ["0".repeat(64), false],
    ["A".repeat(43), false],
    ["secret", false],
    ["aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false],
    ["changeme changeme", false],
  ])("%s is strong: %s", (secret, isStrong) => {
    expect(isStrongSecret(secret)).toBe(isStrong);
  });
});
