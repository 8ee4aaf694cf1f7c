import { linearGradient, mix, rect, type Scene } from "../scene.ts";

/** Where a motif that has no horizon stands: the middle of the free part of the card, and a length that fits it. */
export function stage({ width, height, horizon }: Scene): { x: number; y: number; size: number } {
  return { x: width / 2, y: horizon * 0.56, size: Math.min(width * 0.44, height * 0.3, horizon * 0.5) };
}

/** Covers the sky with a wall: the palette's depth without a horizon. */
export function ground({ width, height, palette }: Scene): string {
  const fill = linearGradient("ground", [
    [0, palette.high],
    [0.5, mix(palette.high, palette.middle, 0.8)],
    [1, palette.dark],
  ]);
  return `<defs>${fill}</defs>${rect(0, 0, width, height, `fill="url(#ground)"`)}`;
}
