import { describe, expect, test } from "vitest";
import { columnsOf, periodOf, unitOf } from "./period.ts";

const chosen = { from: "2020-01-05", to: "2020-01-07" };

describe("a period", () => {
  test.each([
    ["month", { from: "2026-03-01", to: "2026-03-31" }],
    ["lastMonth", { from: "2026-02-01", to: "2026-02-28" }],
    ["days30", { from: "2026-03-02", to: "2026-03-31" }],
    ["months12", { from: "2025-04-01", to: "2026-03-31" }],
    ["other", chosen],
  ] as const)("%s", (choice, period) => {
    expect(periodOf(choice, "2026-03-31", chosen)).toEqual(period);
  });

  test("goes over the end of a year", () => {
    expect(periodOf("lastMonth", "2026-01-15", chosen)).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  });
});

describe("columns", () => {
  test("are days, those without a call too", () => {
    const period = { from: "2024-02-28", to: "2024-03-01" };
    expect(unitOf(period)).toBe("day");
    expect(columnsOf(period, "day")).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"]);
  });

  test("are months where days would be too many", () => {
    const period = { from: "2025-11-20", to: "2026-03-02" };
    expect(unitOf(period)).toBe("month");
    expect(columnsOf(period, "month")).toEqual(["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]);
  });
});
