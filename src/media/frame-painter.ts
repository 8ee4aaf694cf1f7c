import { createPlaneKernels, type PlaneKernels, STRETCH_ENTRY_BYTES } from "./plane-kernels.ts";
import { type Layer, planesOf, type YuvPicture, yuvBytes } from "./yuv.ts";
import type { FrameSize, Place } from "./ken-burns.ts";

/** How many pictures and layers are at hand at once: two pictures while one fades into the next. */
const PICTURE_SLOTS = 2;
const LAYER_SLOTS = 2;
/** What kernels write and read beyond the end of a row. */
const SLACK_BYTES = 64;

export interface FramePainter {
  /** The frame as it stands: planes of yuv420p. Drawn over by what is painted next. */
  readonly frame: Uint8Array;
  /** Keeps a picture in a slot, at most as large as was said. */
  keepPicture(slot: number, picture: YuvPicture): void;
  /** Draws the picture of a slot, which covers the frame, in fractions of pixels. @param opacity 0..1. */
  drawPicture(slot: number, place: Place, opacity: number): void;
  /** Draws a picture of the size of the frame as it is. */
  drawWhole(planes: Uint8Array, opacity: number): void;
  keepLayer(slot: number, layer: Layer): void;
  /** Lays the layer of a slot over the frame. */
  drawLayer(slot: number): void;
}

interface Memory {
  kernels: PlaneKernels;
  bytes: Uint8Array;
  frame: number;
  /** A second frame, for what fades in. */
  other: number;
  row: number;
  table: number;
  pictures: number[];
  layers: number[];
}

/**
 * Draws frames of a film straight into what the encoder takes, without a canvas between. All memory is taken at once, so it
 * does not grow with the film.
 * @param largest of the pictures that are kept.
 */
export function createFramePainter(size: FrameSize, largest: FrameSize): FramePainter {
  const memory = layOut(size, largest);
  const { bytes, frame, other, kernels } = memory;
  const pictures: (FrameSize | null)[] = Array.from({ length: PICTURE_SLOTS }, () => null);
  const layers: (Layer | null)[] = Array.from({ length: LAYER_SLOTS }, () => null);
  const frameBytes = yuvBytes(size);
  const fadeIn = (opacity: number): void =>
    kernels.mix(frame, frame, other, frameBytes, Math.round(opacity * 128));
  return {
    frame: bytes.subarray(frame, frame + frameBytes),
    keepPicture(slot, picture) {
      bytes.set(picture.planes, memory.pictures[slot]);
      pictures[slot] = { width: picture.width, height: picture.height };
    },
    drawPicture(slot, place, opacity) {
      const picture = pictures[slot];
      const from = memory.pictures[slot];
      if (picture === undefined || picture === null || from === undefined) return;
      stretchPicture(memory, { to: opacity < 1 ? other : frame, from, size, picture, place });
      if (opacity < 1) fadeIn(opacity);
    },
    drawWhole(planes, opacity) {
      bytes.set(planes, opacity < 1 ? other : frame);
      if (opacity < 1) fadeIn(opacity);
    },
    keepLayer(slot, layer) {
      const at = memory.layers[slot] ?? 0;
      bytes.set(layer.over, at);
      bytes.set(layer.rest, at + layer.over.length);
      layers[slot] = layer;
    },
    drawLayer(slot) {
      const layer = layers[slot];
      if (layer !== undefined && layer !== null)
        blendLayer(memory, size, { layer, at: memory.layers[slot] ?? 0 });
    },
  };
}

function layOut(size: FrameSize, largest: FrameSize): Memory {
  let end = 0;
  const take = (byteCount: number): number => {
    const at = end;
    end = Math.ceil((at + byteCount + SLACK_BYTES) / 16) * 16;
    return at;
  };
  const frameBytes = yuvBytes(size);
  const places = {
    frame: take(frameBytes),
    other: take(frameBytes),
    row: take(largest.width),
    table: take(Math.ceil(size.width / 8) * STRETCH_ENTRY_BYTES),
    pictures: Array.from({ length: PICTURE_SLOTS }, () => take(yuvBytes(largest))),
    layers: Array.from({ length: LAYER_SLOTS }, () => take(frameBytes * 2)),
  };
  const kernels = createPlaneKernels(end + SLACK_BYTES);
  return { ...places, kernels, bytes: new Uint8Array(kernels.memory.buffer) };
}

interface Stretch {
  to: number;
  from: number;
  size: FrameSize;
  picture: FrameSize;
  place: Place;
}

/** For each row of the frame: the two rows of the picture that it lies between are mixed, and the mix is stretched. */
function stretchPicture(memory: Memory, { to, from, size, picture, place }: Stretch): void {
  const { kernels, row, table } = memory;
  const sources = planesOf(picture);
  for (const [index, plane] of planesOf(size).entries()) {
    const source = sources[index];
    if (source === undefined) continue;
    const across = { from: place.x / plane.step, length: place.width / plane.step, count: source.width };
    writeTable(memory, across, plane.width);
    const down = { from: place.y / plane.step, length: place.height / plane.step, count: source.height };
    for (let y = 0; y < plane.height; y += 1) {
      const { before, weight } = neighbours(y, down);
      const above = from + source.offset + before * source.width;
      kernels.mix(row, above, above + source.width, source.width, weight);
      kernels.stretch(to + plane.offset + y * plane.width, row, table, Math.ceil(plane.width / 8));
    }
  }
}

interface Span {
  /** Where the picture begins and how long it is, in values of the frame. */
  from: number;
  length: number;
  /** How many values it has. */
  count: number;
}

/** Between which two values of a picture the middle of a value of the frame lies; the weight of the second is 0..128. */
function neighbours(at: number, { from, length, count }: Span): { before: number; weight: number } {
  const exact = Math.max(0, Math.min(count - 1, ((at + 0.5 - from) / length) * count - 0.5));
  const before = Math.min(count - 2, Math.floor(exact));
  return { before, weight: Math.round((exact - before) * 128) };
}

/** An index that picks nothing: it makes the upper byte of a 16-bit number zero. */
const NOTHING = 0x80;

function writeTable({ bytes, table }: Memory, span: Span, width: number): void {
  const view = new DataView(bytes.buffer);
  for (let group = 0; group * 8 < width; group += 1) {
    const entry = table + group * STRETCH_ENTRY_BYTES;
    const base = neighbours(group * 8, span).before;
    view.setInt32(entry, base, true);
    for (let index = 0; index < 8; index += 1) {
      const { before, weight } = neighbours(group * 8 + index, span);
      const at = entry + 16 + index * 2;
      bytes[at] = before - base;
      bytes[at + 1] = NOTHING;
      bytes[at + 16] = before - base + 1;
      bytes[at + 17] = NOTHING;
      view.setInt16(at + 32, weight, true);
    }
  }
}

function blendLayer(
  { kernels, bytes, frame }: Memory,
  size: FrameSize,
  { layer, at }: { layer: Layer; at: number },
): void {
  const sources = planesOf(layer);
  for (const [index, plane] of planesOf(size).entries()) {
    const source = sources[index];
    if (source === undefined) continue;
    for (let y = 0; y < source.height; y += 1) {
      const over = at + source.offset + y * source.width;
      const rest = over + layer.over.length;
      const to = frame + plane.offset + (layer.y / plane.step + y) * plane.width + layer.x / plane.step;
      // Kernels round up to sixteen, and what lies beyond the end of a row is the next one.
      const whole = source.width - (source.width % 16);
      if (whole > 0) kernels.blend(to, over, rest, whole);
      for (let x = whole; x < source.width; x += 1) {
        const kept = ((bytes[to + x] ?? 0) * (bytes[rest + x] ?? 0) + 64) >> 7;
        bytes[to + x] = Math.min(255, (bytes[over + x] ?? 0) + kept);
      }
    }
  }
}
