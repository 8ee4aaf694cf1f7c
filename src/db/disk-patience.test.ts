import { describe, expect, test } from "vitest";
import { DiskPatience } from "./disk-patience.ts";

describe("the patience with the disk", () => {
  test("lasts as long as the disk is quick", () => {
    const patience = new DiskPatience();
    expect(patience.mayWait(0)).toBe(true);
    patience.hasWaited({ startMs: 0, endMs: 1 });
    expect(patience.mayWait(1)).toBe(true);
  });

  test("ends after a slow time, for a hundred times as long", () => {
    const patience = new DiskPatience();
    patience.hasWaited({ startMs: 0, endMs: 8 });
    expect(patience.mayWait(8)).toBe(false);
    expect(patience.mayWait(807)).toBe(false);
    expect(patience.mayWait(808)).toBe(true);
  });
});
