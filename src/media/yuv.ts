/**
 * A picture as codecs take it: yuv420p in BT.709 at limited range, the plane of light first and then the two of color, which
 * have half its width and half its height. Both sides are even.
 */
export interface YuvPicture {
  width: number;
  height: number;
  planes: Uint8Array;
}

/** What is laid over frames, in part see-through: at an even place, with even sides. */
export interface Layer {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Planes of yuv420p, each value already multiplied by how much covers there. */
  over: Uint8Array;
  /** For each value of `over`, what is left of what lies below: 0..128. */
  rest: Uint8Array;
}

/** Pixels in rows from the top, three bytes each (red, green, blue) or four (and opacity). */
export interface Pixels {
  width: number;
  height: number;
  bytes: Uint8Array;
}

export function yuvBytes({ width, height }: { width: number; height: number }): number {
  return (width * height * 3) / 2;
}

/** Where each plane begins and how large it is. */
export function planesOf({ width, height }: { width: number; height: number }): {
  offset: number;
  width: number;
  height: number;
  /** Pixels of the picture across one value. */
  step: number;
}[] {
  const [halfWidth, halfHeight] = [width / 2, height / 2];
  const light = width * height;
  return [
    { offset: 0, width, height, step: 1 },
    { offset: light, width: halfWidth, height: halfHeight, step: 2 },
    { offset: light + halfWidth * halfHeight, width: halfWidth, height: halfHeight, step: 2 },
  ];
}

// ITU-R BT.709-6, items 3.2 to 3.4, times 65,536: what red, green and blue give to light (16 to 235) and colors (16 to 240).
const RED = 0.2126;
const BLUE = 0.0722;
const GREEN = 1 - RED - BLUE;
const LIGHT = fixed([RED, GREEN, BLUE], 219);
const BLUENESS = fixed([-RED, -GREEN, 1 - BLUE], 112 / (1 - BLUE));
const REDNESS = fixed([1 - RED, -GREEN, -BLUE], 112 / (1 - RED));

function fixed(shares: [number, number, number], range: number): [number, number, number] {
  const [red, green, blue] = shares.map((share) => Math.round((share * range * 65_536) / 255));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** What a value is where there is no light or no color. */
const DARK = 16;
const GRAY = 128;
/** Makes an opacity of 255 the whole, times 65,536. */
const OPAQUE = 65_536 / 255;
const HALF = 32_768;

/** Opaque pixels as a picture. Both sides are even; three bytes a pixel. */
export function yuvOf({ width, height, bytes }: Pixels): YuvPicture {
  const planes = new Uint8Array(yuvBytes({ width, height }));
  const [red, green, blue] = LIGHT;
  for (let at = 0, from = 0; at < width * height; at += 1, from += 3) {
    const light = red * (bytes[from] ?? 0) + green * (bytes[from + 1] ?? 0) + blue * (bytes[from + 2] ?? 0);
    planes[at] = (light + DARK * 65_536 + HALF) >> 16;
  }
  const sum = (at: number): number =>
    (bytes[at] ?? 0) + (bytes[at + 3] ?? 0) + (bytes[at + width * 3] ?? 0) + (bytes[at + width * 3 + 3] ?? 0);
  const colorBytes = (width * height) / 4;
  let at = width * height;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, at += 1) {
      const from = (y * width + x) * 3;
      const [reds, greens, blues] = [sum(from), sum(from + 1), sum(from + 2)];
      planes[at] = colorOf(BLUENESS, reds, greens, blues, GRAY * 65_536);
      planes[at + colorBytes] = colorOf(REDNESS, reds, greens, blues, GRAY * 65_536);
    }
  }
  return { width, height, planes };
}

/** @param gray the middle, times 65,536 and what covers there. */
function colorOf(
  shares: readonly [number, number, number],
  reds: number,
  greens: number,
  blues: number,
  gray: number,
): number {
  return ((shares[0] * reds + shares[1] * greens + shares[2] * blues) / 4 + gray + HALF) >> 16;
}

/**
 * Pixels with opacity as a layer.
 * @param pixels four bytes each, colors already multiplied by opacity, as a canvas keeps them.
 * @param place even.
 */
export function layerOf(pixels: Pixels, place: { x: number; y: number }): Layer {
  const { width, height } = pixels;
  const over = new Uint8Array(yuvBytes(pixels));
  const rest = new Uint8Array(yuvBytes(pixels)).fill(128);
  writeLayerLight(pixels, over, rest);
  writeLayerColors(pixels, over, rest);
  return { ...place, width, height, over, rest };
}

function writeLayerLight({ width, height, bytes }: Pixels, over: Uint8Array, rest: Uint8Array): void {
  const [red, green, blue] = LIGHT;
  for (let at = 0; at < width * height; at += 1) {
    const from = at * 4;
    const opacity = bytes[from + 3] ?? 0;
    // Most of a caption is nothing.
    if (opacity === 0) continue;
    const light = red * (bytes[from] ?? 0) + green * (bytes[from + 1] ?? 0) + blue * (bytes[from + 2] ?? 0);
    over[at] = (light + DARK * opacity * OPAQUE + HALF) >> 16;
    rest[at] = ((255 - opacity) * 128 + 127) / 255;
  }
}

/** One value of each color for four pixels. */
function writeLayerColors({ width, height, bytes }: Pixels, over: Uint8Array, rest: Uint8Array): void {
  const row = width * 4;
  const sum = (at: number): number =>
    (bytes[at] ?? 0) + (bytes[at + 4] ?? 0) + (bytes[at + row] ?? 0) + (bytes[at + row + 4] ?? 0);
  const colorBytes = (width * height) / 4;
  let at = width * height;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, at += 1) {
      const from = y * row + x * 4;
      const opacity = sum(from + 3);
      if (opacity === 0) continue;
      const [reds, greens, blues] = [sum(from), sum(from + 1), sum(from + 2)];
      const gray = (GRAY * opacity * OPAQUE) / 4;
      over[at] = colorOf(BLUENESS, reds, greens, blues, gray);
      over[at + colorBytes] = colorOf(REDNESS, reds, greens, blues, gray);
      const kept = ((1_020 - opacity) * 128 + 510) / 1_020;
      rest[at] = kept;
      rest[at + colorBytes] = kept;
    }
  }
}

/** A layer of which less is to be seen. @param opacity 0..1. */
export function fadedLayer(layer: Layer, opacity: number): Layer {
  const share = Math.round(opacity * 128);
  const over = new Uint8Array(layer.over.length);
  const rest = new Uint8Array(layer.rest.length);
  for (let at = 0; at < over.length; at += 1) {
    over[at] = ((layer.over[at] ?? 0) * share + 64) >> 7;
    rest[at] = 128 - (((128 - (layer.rest[at] ?? 0)) * share + 64) >> 7);
  }
  return { ...layer, over, rest };
}
