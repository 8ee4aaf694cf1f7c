import { describe, expect, test } from "vitest";
import { createFramePainter } from "./frame-painter.ts";
import { createPlaneKernels } from "./plane-kernels.ts";
import { fadedLayer, layerOf, planesOf, yuvBytes, yuvOf } from "./yuv.ts";

/** The same numbers in any run. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 37 + (index >> 3) * 91) % 256);
}

describe("mix", () => {
  test("weighs two rows against each other", () => {
    const kernels = createPlaneKernels(4_096);
    const bytes = new Uint8Array(kernels.memory.buffer);
    bytes.set(noise(1_600));
    for (const weight of [0, 1, 64, 127, 128]) {
      kernels.mix(2_048, 0, 800, 800, weight);
      const expected = Array.from(
        { length: 800 },
        (_, at) => ((bytes[at] ?? 0) * (128 - weight) + (bytes[800 + at] ?? 0) * weight + 64) >> 7,
      );
      expect([...bytes.subarray(2_048, 2_848)]).toEqual(expected);
    }
  });
});

describe("a frame painter", () => {
  const size = { width: 48, height: 20 };
  const larger = { width: 56, height: 24 };

  test("draws a picture between its pixels as arithmetic does", () => {
    const painter = createFramePainter(size, larger);
    const planes = noise(yuvBytes(larger));
    painter.keepPicture(0, { ...larger, planes });
    const place = { x: -2.3, y: -1.7, width: 53.1, height: 22.9 };
    painter.drawPicture(0, place, 1);
    const from = planesOf(larger);
    let worst = 0;
    for (const [index, plane] of planesOf(size).entries()) {
      const source = from[index] ?? plane;
      for (let y = 0; y < plane.height; y += 1) {
        for (let x = 0; x < plane.width; x += 1) {
          const exact = sampled(planes.subarray(source.offset), source, {
            x: ((x + 0.5 - place.x / plane.step) / (place.width / plane.step)) * source.width - 0.5,
            y: ((y + 0.5 - place.y / plane.step) / (place.height / plane.step)) * source.height - 0.5,
          });
          worst = Math.max(worst, Math.abs(exact - (painter.frame[plane.offset + y * plane.width + x] ?? 0)));
        }
      }
    }
    // Two roundings, and weights of 7 bits.
    expect(worst).toBeLessThan(3.5);
  });

  test("fades a picture in, and lays a layer over part of it", () => {
    const painter = createFramePainter(size, larger);
    painter.drawWhole(new Uint8Array(yuvBytes(size)).fill(40), 1);
    painter.drawWhole(new Uint8Array(yuvBytes(size)).fill(140), 0.5);
    expect(new Set(painter.frame)).toEqual(new Set([90]));
    const white = { width: 10, height: 4, bytes: new Uint8Array(160).fill(255) };
    painter.keepLayer(0, layerOf(white, { x: 4, y: 6 }));
    painter.drawLayer(0);
    const row = painter.frame.subarray(6 * size.width, 7 * size.width);
    expect([...row.subarray(2, 16)]).toEqual([90, 90, ...Array.from({ length: 10 }, () => 235), 90, 90]);
    expect(painter.frame[5 * size.width + 5]).toBe(90);
    painter.drawWhole(new Uint8Array(yuvBytes(size)).fill(40), 1);
    painter.keepLayer(0, fadedLayer(layerOf(white, { x: 4, y: 6 }), 0.5));
    painter.drawLayer(0);
    expect(painter.frame[6 * size.width + 5]).toBeCloseTo((235 + 40) / 2, -1);
  });
});

describe("yuvOf", () => {
  test("knows the colors of BT.709", () => {
    const colors = { white: [255, 255, 255], black: [0, 0, 0], red: [255, 0, 0], blue: [0, 0, 255] } as const;
    const planes = Object.fromEntries(
      Object.entries(colors).map(([name, color]) => {
        const bytes = Uint8Array.from({ length: 12 }, (_, at) => color[at % 3] ?? 0);
        return [name, [...yuvOf({ width: 2, height: 2, bytes }).planes.subarray(3)]];
      }),
    );
    expect(planes).toEqual({
      white: [235, 128, 128],
      black: [16, 128, 128],
      red: [63, 102, 240],
      blue: [32, 240, 118],
    });
  });
});

function sampled(
  bytes: Uint8Array,
  { width, height }: { width: number; height: number },
  point: { x: number; y: number },
): number {
  const x = Math.max(0, Math.min(width - 1, point.x));
  const y = Math.max(0, Math.min(height - 1, point.y));
  const [left, top] = [Math.min(width - 2, Math.floor(x)), Math.min(height - 2, Math.floor(y))];
  const value = (dx: number, dy: number): number => bytes[(top + dy) * width + left + dx] ?? 0;
  const across = (dy: number): number => value(0, dy) * (1 - x + left) + value(1, dy) * (x - left);
  return across(0) * (1 - y + top) + across(1) * (y - top);
}
