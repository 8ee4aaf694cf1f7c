import type { Palette } from "../palettes.ts";
import { line, mix, n, polygon, range, rect, ridge, type Scene } from "../scene.ts";

export function drawMountains(scene: Scene): string {
  const { width, height, unit, horizon, palette, random } = scene;
  const parts: string[] = [];
  for (const layer of range(3)) {
    const count = 3 + layer;
    const base = horizon + (40 + layer * 56) * unit;
    const body = mix(mix(palette.low, palette.middle, 0.6), palette.dark, 0.06 + layer * 0.24);
    for (const index of range(count)) {
      const x = ((index + 0.5 + (random() - 0.5) * 0.5) / count) * width;
      const tall = (430 - layer * 130 + random() * 130) * unit;
      parts.push(
        peak(scene, { x, base, tall, half: tall * (0.72 + random() * 0.3), body, hasSnow: layer < 2 }),
      );
    }
    parts.push(rect(0, base - 1, width, height - base, `fill="${mix(body, palette.dark, 0.15)}"`));
  }
  const hills = range(2).map((layer) =>
    ridge(scene, {
      top: horizon + (150 + layer * 90) * unit,
      swing: 40 * unit,
      bends: 3,
      fill: mix(palette.middle, palette.dark, 0.66 + layer * 0.22),
    }),
  );
  return parts.join("") + hills.join("");
}

function peak(
  { unit, random, palette, light }: Scene,
  {
    x,
    base,
    tall,
    half,
    body,
    hasSnow,
  }: { x: number; base: number; tall: number; half: number; body: string; hasSnow: boolean },
): string {
  const top = base - tall;
  const lean = (random() - 0.5) * half * 0.3;
  const isLitLeft = light.x < x;
  const shade = mix(body, palette.dark, 0.32);
  const [left, right] = isLitLeft ? [body, shade] : [shade, body];
  const foldX = x + lean * 0.4;
  const parts = [
    polygon(`fill="${left}"`, x - half, base, x, top, foldX, base),
    polygon(`fill="${right}"`, foldX, base, x, top, x + half, base),
    line(`stroke="${left}" stroke-width="${n(1.5 * unit)}"`, x, top, foldX, base),
  ];
  if (hasSnow)
    parts.push(snow({ x, top, tall, half, foldX, depth: 0.26 + random() * 0.1 }, colors(palette, isLitLeft)));
  return parts.join("");
}

function colors(palette: Palette, isLitLeft: boolean): [left: string, right: string] {
  const lit = mix(palette.light, "#ffffff", 0.72);
  const shade = mix(mix(palette.light, palette.middle, 0.42), "#ffffff", 0.2);
  return isLitLeft ? [lit, shade] : [shade, lit];
}

/** Snow on both faces of a peak, `depth` of the way down, with a ragged edge. */
function snow(
  peakShape: { x: number; top: number; tall: number; half: number; foldX: number; depth: number },
  [leftColor, rightColor]: [left: string, right: string],
): string {
  const { x, top, tall, half, foldX, depth } = peakShape;
  const fold = foldX - x;
  // A point on a face, `share` of the way down and `across` of the way from its left edge to its right.
  const onLeft = ([share, across]: [number, number]): number[] => [
    x - half * depth * share + (half + fold) * depth * share * across,
    top + tall * depth * share,
  ];
  const onRight = ([share, across]: [number, number]): number[] => [
    x + fold * depth * share + (half - fold) * depth * share * across,
    top + tall * depth * share,
  ];
  const leftEdge: [number, number][] = [
    [1, 0],
    [0.72, 0.25],
    [1.1, 0.5],
    [0.8, 0.75],
    [1.15, 1],
  ];
  const rightEdge: [number, number][] = [
    [1.15, 0],
    [0.78, 0.3],
    [1.12, 0.58],
    [0.7, 0.8],
    [0.9, 1],
  ];
  return (
    polygon(`fill="${leftColor}"`, x, top, ...leftEdge.flatMap(onLeft)) +
    polygon(`fill="${rightColor}"`, x, top, ...rightEdge.flatMap(onRight))
  );
}
