import { describe, expect, test } from "vitest";
import { captionsOf } from "./captions.ts";

describe("captionsOf", () => {
  test("groups words into cues with their times", () => {
    const words = Array.from({ length: 9 }, (_, index) => ({
      word: `mot${index}`,
      start: index,
      end: index + 0.5,
    }));
    expect(captionsOf(words)).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:07.500\nmot0 mot1 mot2 mot3 mot4 mot5 mot6 mot7\n\n" +
        "00:00:08.000 --> 00:00:08.500\nmot8\n",
    );
  });

  test("marks in words stay text", () => {
    expect(captionsOf([{ word: "<b>&", start: 0, end: 1 }])).toContain("&lt;b&gt;&amp;");
  });
});
