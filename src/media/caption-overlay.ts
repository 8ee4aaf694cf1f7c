import type { DrawnCaption } from "./draw-caption.ts";

/** A caption as it is laid over the planes of yuv420p frames. */
export interface CaptionOverlay {
  x: number;
  y: number;
  width: number;
  height: number;
  planes: OverlayPlane[];
}

/** For each value of a plane what is added, and how much of what lies below stays (0..255). */
interface OverlayPlane {
  added: Uint8Array;
  kept: Uint8Array;
}

// ITU-R BT.709 at limited range: light from red, green and blue, then the two differences of color.
const LIGHT = [0.2126 * (219 / 255), 0.7152 * (219 / 255), 0.0722 * (219 / 255)] as const;
const BLUENESS = [-0.1006, -0.3386, 0.4392] as const;
const REDNESS = [0.4392, -0.3989, -0.0403] as const;

/** Works out once what is then added to every frame that shows the caption. */
export function overlayOf({ x, y, width, height, pixels }: DrawnCaption): CaptionOverlay {
  const light = planeOf(pixels, { width, height, step: 1, weights: LIGHT, base: 16 });
  const blueness = planeOf(pixels, { width, height, step: 2, weights: BLUENESS, base: 128 });
  const redness = planeOf(pixels, { width, height, step: 2, weights: REDNESS, base: 128 });
  return { x, y, width, height, planes: [light, blueness, redness] };
}

interface PlaneShape {
  width: number;
  height: number;
  /** Pixels of the picture across one value. */
  step: number;
  weights: readonly [number, number, number];
  base: number;
}

function planeOf(pixels: Uint8Array, { width, height, step, weights, base }: PlaneShape): OverlayPlane {
  const [columns, rows] = [width / step, height / step];
  const added = new Uint8Array(columns * rows);
  const kept = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [red, green, blue, opacity] = meanOf(pixels, width, { x: column * step, y: row * step, step });
      const color = weights[0] * red + weights[1] * green + weights[2] * blue;
      added[row * columns + column] = Math.round(color + (base * opacity) / 255);
      kept[row * columns + column] = Math.round(255 - opacity);
    }
  }
  return { added, kept };
}

function meanOf(
  pixels: Uint8Array,
  width: number,
  { x, y, step }: { x: number; y: number; step: number },
): [number, number, number, number] {
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let down = 0; down < step; down += 1) {
    for (let across = 0; across < step; across += 1) {
      const at = ((y + down) * width + x + across) * 4;
      sums[0] += pixels[at] ?? 0;
      sums[1] += pixels[at + 1] ?? 0;
      sums[2] += pixels[at + 2] ?? 0;
      sums[3] += pixels[at + 3] ?? 0;
    }
  }
  const count = step * step;
  return [sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count];
}

/** Lays a caption over a frame, in place. `planes` and `strides` (bytes from row to row) are those of the frame. */
export function layOver(
  overlay: CaptionOverlay,
  planes: readonly Uint8Array[],
  strides: readonly number[],
): void {
  for (const [index, { added, kept }] of overlay.planes.entries()) {
    const step = index === 0 ? 1 : 2;
    const plane = planes[index];
    const stride = strides[index] ?? 0;
    if (!plane) continue;
    const columns = overlay.width / step;
    for (let row = 0; row < overlay.height / step; row += 1) {
      const to = (overlay.y / step + row) * stride + overlay.x / step;
      const from = row * columns;
      for (let column = 0; column < columns; column += 1) {
        const stays = kept[from + column] ?? 255;
        if (stays === 255) continue;
        const below = plane[to + column] ?? 0;
        plane[to + column] = (added[from + column] ?? 0) + Math.round((below * stays) / 255);
      }
    }
  }
}
