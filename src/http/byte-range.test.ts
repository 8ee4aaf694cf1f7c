import { describe, expect, test } from "vitest";
import { parseRange } from "./byte-range.ts";

describe("Range header of a file of 10 bytes", () => {
  test.each([
    ["bytes=0-3", { start: 0, end: 3 }],
    ["bytes=4-", { start: 4, end: 9 }],
    ["bytes=9-", { start: 9, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-100", { start: 0, end: 9 }],
    ["bytes=2-100", { start: 2, end: 9 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=999999999999999-", "unsatisfiable"],
    [undefined, null],
    ["bytes=-", null],
    ["bytes=5-2", null],
    ["bytes=0-1,4-5", null],
    ["items=0-1", null],
    ["bytes=a-b", null],
  ])("takes %j as %j", (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  test("has no part of an empty file", () => {
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(parseRange("bytes=-5", 0)).toBe("unsatisfiable");
  });
});
