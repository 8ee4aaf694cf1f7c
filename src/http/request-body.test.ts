import { describe, expect, test } from "vitest";
import { jsonDepth } from "./request-body.ts";

describe("depth of a JSON text", () => {
  test.each([
    ["", 0],
    ["1", 0],
    ["{}", 1],
    ['{"a":[{"b":1}],"c":[]}', 3],
    ['"[[[["', 0],
    ['["\\"[[["]', 1],
    ['["\\\\",[1]]', 2],
    ["]]]][", 0],
  ])("of %s is %d", (text, depth) => {
    expect(jsonDepth(text)).toBe(depth);
  });

  test("is found for a million levels without running out of stack", () => {
    expect(jsonDepth("[".repeat(1_000_000))).toBe(1_000_000);
  });
});
