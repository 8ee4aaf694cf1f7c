import { describe, expect, test } from "vitest";
import { frameSizeOf, numberParameter } from "./parameters.ts";

const SIZES = { fallback: { width: 1_280, height: 720 }, min: 64, max: 1_920 };

describe("frameSizeOf", () => {
  test.each([
    [{}, 1_280, 720],
    [{ ratio: "1280:720" }, 1_280, 720],
    [{ size: "720x1280" }, 720, 1_280],
    [{ ratio: "16:9" }, 1_280, 720],
    [{ ratio: "9:16" }, 720, 1_280],
    [{ aspect_ratio: "1:1" }, 960, 960],
    [{ width: 800, height: 600 }, 800, 600],
    [{ size: "auto" }, 1_280, 720],
    [{ size: "3840x2160" }, 1_920, 1_080],
    [{ size: "0x0" }, 1_280, 720],
    [{ width: 10, height: 100_000 }, 64, 1_920],
  ])("reads %j", (parameters, width, height) => {
    expect(frameSizeOf(parameters, SIZES)).toEqual({ width, height });
  });
});

describe("numberParameter", () => {
  test("takes the first name that holds a number", () => {
    expect(numberParameter({ seconds: "8" }, "duration", "seconds")).toBe(8);
    expect(numberParameter({ duration: "soon", seconds: null }, "duration", "seconds")).toBeNull();
  });
});
