import { describe, expect, test } from "vitest";
import type { BatchRowWire, BatchState } from "../../api/types.ts";
import { countOf, doneOf, isShown, timeLeftMs } from "./batch-progress.ts";
import { withRows } from "./use-live-batch.ts";
import { visibleRows } from "./use-visible-rows.ts";

const row = (number: number, rest: Partial<BatchRowWire> = {}): BatchRowWire => ({
  row: number,
  execution_id: number,
  initial_input: "",
  status: "pending",
  current_step: 1,
  total_steps: 1,
  total_cost: 0,
  cost_basis: "free",
  waiting_for: null,
  error_message: null,
  started_at: null,
  completed_at: null,
  preview: null,
  ...rest,
});
const counts: BatchState["counts"] = {
  pending: 3,
  running: 1,
  waiting: 2,
  completed: 4,
  failed: 1,
  cancelled: 1,
};
const STARTED = "2026-11-22T10:00:00.000Z";

describe("the progress of a batch", () => {
  test("counts what has ended, well or not", () => {
    expect(doneOf({ counts })).toEqual({ done: 6, total: 12 });
    expect(countOf({ counts }, "failed")).toBe(2);
    expect(countOf({ counts }, "all")).toBe(12);
    expect(isShown({ status: "cancelled" }, "failed")).toBe(true);
    expect(isShown({ status: "waiting" }, "underWay")).toBe(false);
  });

  test("says how long the rest takes once enough rows have ended", () => {
    const ended = [1, 2, 3, 4].map((number) => row(number, { status: "completed", started_at: STARTED }));
    const rows = [...ended, row(5), row(6, { status: "waiting" })];
    expect(timeLeftMs(rows, "2026-11-22T10:00:40.000Z")).toBe(10_000);
    expect(timeLeftMs(rows.slice(2), "2026-11-22T10:00:40.000Z")).toBeNull();
    expect(timeLeftMs(ended, "2026-11-22T10:00:40.000Z")).toBeNull();
  });
});

describe("rows that have changed", () => {
  test("take the place of those of the same number", () => {
    const rows = withRows([row(1), row(3)], [row(3, { execution_id: 9 }), row(2)]);
    expect(rows.map((one) => [one.row, one.execution_id])).toEqual([
      [1, 1],
      [2, 2],
      [3, 9],
    ]);
  });
});

describe("rows in sight", () => {
  test("are those about the screen, of a height that is that of all", () => {
    const list = visibleRows({ from: 10_000, to: 10_800 }, () => 100, 1_000);
    expect(list.height).toBe(100_000);
    expect(list.rows.slice(1, -1)[0]).toEqual({ index: 96, top: 9_600 });
    expect(list.rows.slice(1, -1).at(-1)?.index).toBe(111);
    expect(visibleRows({ from: 0, to: 800 }, () => 100, 0)).toEqual({ rows: [], height: 0 });
  });

  test("begin with the first and end with the last, for those who come by keyboard", () => {
    const { rows } = visibleRows({ from: -5_000, to: -4_000 }, () => 100, 1_000);
    expect(rows).toEqual([
      { index: 0, top: 0 },
      { index: 999, top: 99_900 },
    ]);
  });
});
