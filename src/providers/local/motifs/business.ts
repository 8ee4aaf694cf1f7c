import { circle, line, linearGradient, mix, n, range, rect, type Scene } from "../scene.ts";
import { ground } from "./studio.ts";

export function drawBusiness(scene: Scene): string {
  const { width, height, unit, horizon, palette, random } = scene;
  const base = horizon * 1.02;
  const left = width * 0.12;
  const right = width * 0.88;
  const tall = Math.min(base * 0.78, width * 0.75);
  const count = width > height * 1.3 ? 10 : 7;
  const slot = (right - left) / count;
  const grid = range(6).map((index) => {
    const y = base - (tall * index) / 5;
    return line(
      `stroke="${palette.light}" stroke-opacity="${index === 0 ? 0.6 : 0.14}" stroke-width="${n(2 * unit)}"`,
      left - 30 * unit,
      y,
      right + 30 * unit,
      y,
    );
  });
  const levels = range(count).map(
    (index) => 0.16 + (index / (count - 1)) ** 1.25 * 0.56 + (random() - 0.5) * 0.11,
  );
  const bars = levels.map((level, index) => {
    const x = left + slot * index + slot * 0.2;
    const isLast = index === count - 1;
    return rect(
      x,
      base - tall * level,
      slot * 0.6,
      tall * level,
      `rx="${n(8 * unit)}" fill="url(#${isLast ? "lastBar" : "bar"})"`,
    );
  });
  const points = levels.map((level, index): [number, number] => [
    left + slot * (index + 0.5),
    base - tall * (level + 0.15 + (index % 2) * 0.02),
  ]);
  const curve = smooth(points);
  const last = points.at(-1) ?? [right, base];
  const first = points[0] ?? [left, base];
  return [
    ground(scene),
    fills(scene),
    circle(last[0], last[1], tall * 0.9, `fill="url(#glow)" opacity=".75"`),
    ...grid,
    `<path d="${curve} L${n(last[0])},${n(base)} L${n(first[0])},${n(base)}Z" fill="url(#area)"/>`,
    ...bars,
    `<path d="${curve}" fill="none" stroke="${mix(palette.light, "#ffffff", 0.5)}" stroke-width="${n(6 * unit)}" stroke-linecap="round"/>`,
    ...points.map(([x, y], index) =>
      circle(
        x,
        y,
        (index === count - 1 ? 17 : 9) * unit,
        `fill="${index === count - 1 ? palette.accent : palette.high}" stroke="#ffffff" stroke-width="${n(4 * unit)}"`,
      ),
    ),
  ].join("");
}

function fills({ palette }: Scene): string {
  const bar = linearGradient("bar", [
    [0, mix(palette.low, palette.light, 0.35)],
    [1, mix(palette.low, palette.high, 0.7), 0.55],
  ]);
  const lastBar = linearGradient("lastBar", [
    [0, palette.accent],
    [1, mix(palette.accent, palette.high, 0.6), 0.7],
  ]);
  const area = linearGradient("area", [
    [0, palette.light, 0.32],
    [1, palette.light, 0],
  ]);
  return `<defs>${bar}${lastBar}${area}</defs>`;
}

/** A path through the points without corners. */
function smooth(points: [number, number][]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${n(x)},${n(y)}`;
      const middle = (before[0] + x) / 2;
      return `C${n(middle)},${n(before[1])} ${n(middle)},${n(y)} ${n(x)},${n(y)}`;
    })
    .join(" ");
}
