import { linearGradient, mix, n, range, rect, ridge, type Scene } from "../scene.ts";

export function drawForest(scene: Scene): string {
  const { width, height, unit, horizon, palette, random } = scene;
  const far = range(2).map((layer) =>
    ridge(scene, {
      top: horizon - (70 - layer * 40) * unit,
      swing: 60 * unit,
      bends: 3,
      fill: mix(palette.low, palette.middle, 0.35 + layer * 0.3),
    }),
  );
  const rows = range(4).map((row) => {
    const fill = mix(palette.middle, palette.dark, 0.12 + row * 0.26);
    const ground = horizon + (18 + row * 74) * unit;
    const trees: string[] = [];
    let x = -40 * unit;
    while (x < width + 40 * unit) {
      const tall = (150 + random() * 150) * unit * (0.62 + row * 0.28);
      // Feet stand below the ground's edge, so that no sky shows under the lowest branches.
      trees.push(fir(x, ground + tall * 0.13, tall, fill));
      x += (40 + random() * 66) * unit * (0.75 + row * 0.25);
    }
    const floor = rect(0, ground, width, height - ground, `fill="${fill}"`);
    const haze =
      row === 3
        ? ""
        : rect(0, ground - 30 * unit, width, 130 * unit, `fill="url(#haze)" opacity="${n(0.9 - row * 0.3)}"`);
    return trees.join("") + floor + haze;
  });
  const haze = linearGradient("haze", [
    [0, palette.light, 0],
    [0.55, palette.light, 0.2],
    [1, palette.light, 0],
  ]);
  return [`<defs>${haze}</defs>`, ...far, ...rows].join("");
}

function fir(x: number, foot: number, tall: number, fill: string): string {
  const tiers = range(4).map((tier): string => {
    const share = tier / 4;
    const half = tall * 0.25 * (1 - share * 0.68);
    const low = foot - tall * (0.1 + share * 0.74);
    return `M${n(x - half)},${n(low)} Q${n(x)},${n(low - tall * 0.02)} ${n(x + half)},${n(low)} L${n(x)},${n(low - tall * 0.36)}Z`;
  });
  return `<path d="${tiers.join(" ")}" fill="${fill}"/>`;
}
