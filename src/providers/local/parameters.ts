import type { FrameSize } from "../../media/ken-burns.ts";
import type { Json } from "../../workflow/values.ts";

/** The first of the named parameters that is a number, or text that is one. */
export function numberParameter(parameters: Record<string, Json>, ...names: string[]): number | null {
  for (const name of names) {
    const value = parameters[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return null;
}

function even(value: number): number {
  return Math.round(value / 2) * 2;
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/**
 * The size that parameters ask for, in whole pixels: `width` and `height`, or `size`, `ratio`, `aspect_ratio` or
 * `resolution` as `1792x1024` or `1280:720` (pixels) or `16:9` (a shape, given the area of the default).
 */
export function frameSizeOf(
  parameters: Record<string, Json>,
  options: { fallback: FrameSize; min: number; max: number },
): FrameSize {
  const { fallback, min, max } = options;
  const within = (width: number, height: number): FrameSize => {
    const scale = Math.min(1, max / Math.max(width, height));
    return {
      width: clamp(Math.round(width * scale), min, max),
      height: clamp(Math.round(height * scale), min, max),
    };
  };
  const width = numberParameter(parameters, "width");
  const height = numberParameter(parameters, "height");
  if (width !== null && height !== null && width > 0 && height > 0) return within(width, height);
  for (const name of ["size", "ratio", "aspect_ratio", "resolution"]) {
    const match = /^\s*(\d{1,5})\s*[x×:/]\s*(\d{1,5})\s*$/i.exec(textParameter(parameters, name));
    const first = Number(match?.[1] ?? 0);
    const second = Number(match?.[2] ?? 0);
    if (first === 0 || second === 0) continue;
    if (first >= min && second >= min) return within(first, second);
    return shaped(first / second, fallback, within);
  }
  return fallback;
}

/** Of the area of the fallback (its long side for wide shapes), with even sides. */
function shaped(
  ratio: number,
  fallback: FrameSize,
  within: (width: number, height: number) => FrameSize,
): FrameSize {
  const area = fallback.width * fallback.height;
  const height = Math.sqrt(area / ratio);
  return within(even(height * ratio), even(height));
}

function textParameter(parameters: Record<string, Json>, name: string): string {
  const value = parameters[name];
  return typeof value === "string" ? value : "";
}
