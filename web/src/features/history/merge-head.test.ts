import { describe, expect, test } from "vitest";
import { mergeHead } from "./merge-head.ts";

const entries = (...ids: number[]) => ids.map((id) => ({ id }));
const idsOf = (list: readonly { id: number }[]) => list.map(({ id }) => id);

describe("a list with its newest entries as they are now", () => {
  test("begins with what is new and leaves out what is gone", () => {
    const { executions, hasGap } = mergeHead(entries(9, 8, 7, 6, 5), entries(11, 9, 7), false);
    expect(idsOf(executions)).toEqual([11, 9, 7, 6, 5]);
    expect(hasGap).toBe(false);
  });

  test("is nothing but these where there are no others", () => {
    expect(mergeHead(entries(9, 8, 7), [], true).executions).toEqual([]);
    expect(idsOf(mergeHead(entries(9, 8, 7), entries(8), true).executions)).toEqual([8]);
  });

  test("stays as it was read until they are there", () => {
    expect(idsOf(mergeHead(entries(9, 8), null, false).executions)).toEqual([9, 8]);
  });

  test("says where entries between them and the rest are missing", () => {
    expect(mergeHead(entries(9, 8), entries(14, 13, 12), false).hasGap).toBe(true);
    expect(mergeHead([], entries(14, 13, 12), false).hasGap).toBe(false);
  });
});
