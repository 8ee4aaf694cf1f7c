import { describe, expect, test } from "vitest";
import { FITTED, moveBy, zoomAt } from "./zoom.ts";

const FRAME = { width: 400, height: 300 };

describe("zooming a picture", () => {
  test("keeps the point under the pointer where it is", () => {
    const zoomed = zoomAt(FITTED, 2, { x: 50, y: -20 });
    expect(zoomed).toEqual({ scale: 2, x: -50, y: 20 });
    expect(zoomAt(zoomed, 2, { x: 50, y: -20 })).toEqual({ scale: 4, x: -150, y: 60 });
  });

  test("goes no further than it helps, and back to where it fits", () => {
    expect(zoomAt(FITTED, 100, { x: 0, y: 0 }).scale).toBe(12);
    expect(zoomAt({ scale: 1.5, x: 30, y: 4 }, 0.5, { x: 10, y: 10 })).toEqual(FITTED);
  });

  test("never loses the picture out of the frame", () => {
    expect(moveBy({ scale: 2, x: 0, y: 0 }, { x: 9_999, y: -9_999 }, FRAME)).toEqual({
      scale: 2,
      x: 400,
      y: -300,
    });
    expect(moveBy(FITTED, { x: 20, y: 20 }, FRAME)).toEqual(FITTED);
  });
});
