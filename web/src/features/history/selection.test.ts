import { describe, expect, test } from "vitest";
import { NOTHING_SELECTED, toggled, toggledAll } from "./selection.ts";

const order = [9, 8, 7, 6, 5];
const ids = ({ ids: selected }: { ids: ReadonlySet<number> }) =>
  [...selected].toSorted((one, other) => one - other);

describe("a selection", () => {
  test("takes one in and out again", () => {
    const one = toggled(NOTHING_SELECTED, 8, { order, isRange: false });
    expect(ids(one)).toEqual([8]);
    expect(ids(toggled(one, 8, { order, isRange: false }))).toEqual([]);
  });

  test("takes a range in, upwards and downwards, and out again", () => {
    const one = toggled(NOTHING_SELECTED, 8, { order, isRange: false });
    const down = toggled(one, 6, { order, isRange: true });
    expect(ids(down)).toEqual([6, 7, 8]);
    expect(ids(toggled(down, 9, { order, isRange: true }))).toEqual([6, 7, 8, 9]);
    expect(ids(toggled(down, 7, { order, isRange: true }))).toEqual([8]);
  });

  test("takes one alone where the range would begin at what is gone", () => {
    const gone = toggled(NOTHING_SELECTED, 1, { order, isRange: false });
    expect(ids(toggled(gone, 6, { order, isRange: true }))).toEqual([1, 6]);
  });

  test("takes all, then none", () => {
    const all = toggledAll(NOTHING_SELECTED, order);
    expect(ids(all)).toEqual([5, 6, 7, 8, 9]);
    expect(ids(toggledAll(all, order))).toEqual([]);
  });
});
