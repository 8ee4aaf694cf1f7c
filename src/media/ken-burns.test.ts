import { describe, expect, test } from "vitest";
import { evenStarts, fittedPlace, placeOf, REACH, scenesAt } from "./ken-burns.ts";

const FRAME = { width: 1_280, height: 720 };

describe("scenesAt", () => {
  test("shows one picture at a time, and two while one fades into the next", () => {
    const starts = evenStarts(2, 6);
    expect(scenesAt(0, starts, 6)).toEqual([{ picture: 0, progress: 0, opacity: 1 }]);
    const fading = scenesAt(3.35, starts, 6);
    expect(fading.map(({ picture }) => picture)).toEqual([0, 1]);
    expect(fading[1]?.opacity).toBeCloseTo(0.5, 2);
    expect(scenesAt(5.99, starts, 6).map(({ picture }) => picture)).toEqual([1]);
  });

  test("keeps to scenes of unequal length, one of them shorter than a fade", () => {
    const starts = [0, 2, 2.4];
    expect(scenesAt(1.9, starts, 8).map(({ picture }) => picture)).toEqual([0]);
    expect(scenesAt(2.3, starts, 8).map(({ picture }) => picture)).toEqual([1]);
    expect(scenesAt(7.9, starts, 8)).toMatchObject([{ picture: 2, opacity: 1 }]);
    for (let time = 0; time < 8; time += 1 / 30) {
      for (const { progress } of scenesAt(time, starts, 8)) {
        expect(progress).toBeGreaterThanOrEqual(0);
        expect(progress).toBeLessThanOrEqual(1.000001);
      }
    }
  });
});

describe("placeOf", () => {
  test("fills the frame and keeps its shape", () => {
    for (const motion of ["drift", "card"] as const) {
      for (const picture of [0, 1, 2]) {
        for (const progress of [-1, 0, 0.5, 1, 2]) {
          const place = placeOf({ frame: FRAME, motion, picture, progress });
          expect(place.x).toBeLessThanOrEqual(0);
          expect(place.y).toBeLessThanOrEqual(0);
          expect(place.x + place.width).toBeGreaterThanOrEqual(FRAME.width - 1e-6);
          expect(place.y + place.height).toBeGreaterThanOrEqual(FRAME.height - 1e-6);
          expect(place.width / place.height).toBeCloseTo(FRAME.width / FRAME.height, 6);
          expect(place.width).toBeLessThanOrEqual(FRAME.width * REACH[motion] + 1e-6);
        }
      }
    }
  });

  test("moves a little with each frame, in fractions of a pixel", () => {
    const widths = Array.from(
      { length: 150 },
      (_, index) => placeOf({ frame: FRAME, motion: "drift", picture: 0, progress: index / 150 }).width,
    );
    const steps = widths.slice(1).map((width, index) => width - (widths[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(1e-6);
    expect(Math.max(...steps)).toBeLessThan(2);
  });
});

describe("fittedPlace", () => {
  test("fills the frame with a picture of about its shape, and shows one of another whole", () => {
    expect(fittedPlace({ width: 1_024, height: 1_024 }, FRAME, "drift")).toMatchObject({
      width: 1_280,
      isBackdropSeen: false,
    });
    const tall = fittedPlace({ width: 300, height: 900 }, FRAME, "drift");
    expect(tall).toMatchObject({ height: 720, width: 240, isBackdropSeen: true });
    expect(tall.x).toBeCloseTo(520, 6);
  });

  test.each([
    { width: 1_792, height: 1_024 },
    { width: 1_024, height: 1_024 },
    { width: 1_080, height: 1_920 },
    { width: 2_400, height: 500 },
  ])("never cuts the words at the foot of a card of $width × $height", (image) => {
    for (const frame of [FRAME, { width: 720, height: 1_280 }, { width: 600, height: 600 }]) {
      const place = fittedPlace(image, frame, "card");
      for (const progress of [0, 0.5, 1]) {
        const moved = placeOf({ frame, motion: "card", picture: 0, progress });
        const onScreen = (x: number, y: number): [number, number] => [
          moved.x + (x / frame.width) * moved.width,
          moved.y + (y / frame.height) * moved.height,
        ];
        // Words begin 3.5 % of the width from the edge, or further in, and take at most the lower two thirds.
        const [left, top] = onScreen(place.x + place.width * 0.035, place.y + place.height * 0.34);
        const [right, foot] = onScreen(place.x + place.width * 0.965, place.y + place.height);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(frame.width);
        expect(foot).toBeLessThanOrEqual(frame.height + 1e-6);
      }
    }
  });
});
