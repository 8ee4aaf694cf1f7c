import { describe, expect, test } from "vitest";
import { placeOf, scenesAt } from "./ken-burns.ts";

describe("scenesAt", () => {
  test("shows one picture at a time, and two while one fades into the next", () => {
    expect(scenesAt(0, 2, 6)).toEqual([{ picture: 0, progress: 0, opacity: 1 }]);
    const fading = scenesAt(3.35, 2, 6);
    expect(fading.map(({ picture }) => picture)).toEqual([0, 1]);
    expect(fading[1]?.opacity).toBeCloseTo(0.5, 2);
    expect(scenesAt(5.99, 2, 6).map(({ picture }) => picture)).toEqual([1]);
  });
});

describe("placeOf", () => {
  test("stays inside the picture and keeps the shape of the frame", () => {
    const frame = { width: 1_280, height: 720 };
    for (const image of [
      { width: 1_024, height: 1_024 },
      { width: 300, height: 900 },
      { width: 2_000, height: 500 },
    ]) {
      for (const picture of [0, 1, 2]) {
        for (const progress of [-1, 0, 0.5, 1, 2]) {
          const place = placeOf({ image, frame, picture, progress });
          expect(place.x).toBeGreaterThanOrEqual(0);
          expect(place.y).toBeGreaterThanOrEqual(0);
          expect(place.x + place.width).toBeLessThanOrEqual(image.width);
          expect(place.y + place.height).toBeLessThanOrEqual(image.height);
          expect(place.width / place.height).toBeCloseTo(frame.width / frame.height, 6);
        }
      }
    }
  });

  test("moves a little with each frame, in fractions of a pixel", () => {
    const frame = { width: 1_280, height: 720 };
    const at = (progress: number): number => placeOf({ image: frame, frame, picture: 0, progress }).width;
    expect(at(0.01)).toBeLessThan(at(0));
    expect(at(0) - at(0.01)).toBeLessThan(3);
  });
});
