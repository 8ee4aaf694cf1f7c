import { describe, expect, test } from "vitest";
import { cardPlaceOf, placeOf, scenesAt } from "./ken-burns.ts";

const FRAME = { width: 1_280, height: 720 };

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
  test("fills the frame and keeps the shape of the picture", () => {
    for (const image of [
      { width: 1_024, height: 1_024 },
      { width: 300, height: 900 },
      { width: 2_000, height: 500 },
    ]) {
      for (const picture of [0, 1, 2]) {
        for (const progress of [-1, 0, 0.5, 1, 2]) {
          const place = placeOf({ image, frame: FRAME, picture, progress });
          expect(place.x).toBeLessThanOrEqual(0);
          expect(place.y).toBeLessThanOrEqual(0);
          expect(place.x + place.width).toBeGreaterThanOrEqual(FRAME.width);
          expect(place.y + place.height).toBeGreaterThanOrEqual(FRAME.height);
          expect(place.width / place.height).toBeCloseTo(image.width / image.height, 6);
        }
      }
    }
  });

  test("moves a little with each frame, in fractions of a pixel", () => {
    const [first, second] = [0, 0.01].map((progress) =>
      placeOf({ image: FRAME, frame: FRAME, picture: 0, progress }),
    );
    const growth = (second?.width ?? 0) - (first?.width ?? 0);
    expect(growth).toBeGreaterThan(0);
    expect(growth).toBeLessThan(3);
  });
});

describe("cardPlaceOf", () => {
  test.each([
    { width: 1_792, height: 1_024 },
    { width: 1_024, height: 1_024 },
    { width: 1_080, height: 1_920 },
    { width: 2_400, height: 500 },
  ])("never cuts the words at the foot of a card of $width × $height", (image) => {
    for (const frame of [FRAME, { width: 720, height: 1_280 }, { width: 600, height: 600 }]) {
      for (const picture of [0, 1]) {
        for (const progress of [0, 0.5, 1]) {
          const place = cardPlaceOf({ image, frame, picture, progress });
          expect(place.width / place.height).toBeCloseTo(image.width / image.height, 6);
          expect(place.y + place.height).toBeLessThanOrEqual(frame.height + 1e-6);
          // Words begin 3.5 % of the width from the edge, or further in.
          expect(place.x + place.width * 0.03).toBeGreaterThan(0);
          expect(place.x + place.width * 0.97).toBeLessThan(frame.width);
          // Words take at most the lower two thirds.
          expect(place.y + place.height * 0.34).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  test("fills a frame of nearly its own shape", () => {
    const place = cardPlaceOf({
      image: { width: 1_792, height: 1_024 },
      frame: FRAME,
      picture: 0,
      progress: 0,
    });
    expect(place.x).toBeLessThanOrEqual(0);
    expect(place.y).toBeLessThanOrEqual(0);
    expect(place.width).toBeGreaterThanOrEqual(FRAME.width);
  });
});
