import { describe, expect, test } from "vitest";
import { localVoice } from "./voices.ts";

describe("localVoice", () => {
  test("is the usual one unless another is asked for", () => {
    expect(localVoice("fr", undefined).voice).toBe("fr");
    expect(localVoice("en", "standard").voice).toBe("en-us");
    expect(localVoice("fr", "clear").voice).toBe("fr+f3");
  });

  test("is always the same for a voice of a vendor, and two for the two of the podcast", () => {
    expect(localVoice("fr", "nova")).toEqual(localVoice("fr", "nova"));
    const [host, guest] = ["JBFqnCBsd6RMkjVDRZzb", "EXAVITQu4vr4xnSDxMaL"].map(
      (id) => localVoice("fr", id).voice,
    );
    expect(host).not.toBe(guest);
  });
});
