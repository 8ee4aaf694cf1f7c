import { describe, expect, test } from "vitest";
import { nearestName } from "./suggestion.ts";

describe("nearestName", () => {
  const known = ["gpt-4", "dall-e", "claude", "elevenlabs", "openai-tts", "openai:gpt-image-2"];

  test.each([
    ["gpt4", "gpt-4"],
    ["GPT-4", "gpt-4"],
    ["gtp-4", "gpt-4"],
    ["dalle", "dall-e"],
    ["DALL·E", "dall-e"],
    ["Élevenlab", "elevenlabs"],
    ["cluade", "claude"],
    ["openai:gpt-image2", "openai:gpt-image-2"],
    ["mistral", undefined],
    ["", undefined],
    ["x", undefined],
  ])("for %s is %s", (name, expected) => {
    expect(nearestName(name, known)).toBe(expected);
  });

  test("is nothing where nothing is known", () => {
    expect(nearestName("gpt-4", [])).toBeUndefined();
  });
});
