import { line, mix, n, polygon, range, type Scene } from "../scene.ts";

export function drawWaves(scene: Scene): string {
  const { width, height, unit, horizon, palette, random } = scene;
  const stops = [
    palette.low,
    mix(palette.low, palette.middle, 0.5),
    palette.middle,
    mix(palette.middle, palette.high, 0.6),
    palette.high,
    palette.dark,
  ];
  const layers = stops.map((color, index) => {
    const top = horizon * (0.52 + index * 0.13);
    const phase = random() * Math.PI * 2;
    const swing = (58 + random() * 40) * unit * (1 + index * 0.08);
    const bends = 0.9 + random() * 0.7;
    const points = range(61).map((point): [number, number] => {
      const share = point / 60;
      return [
        share * width,
        top +
          Math.sin(phase + share * bends * Math.PI * 2) * swing +
          Math.sin(phase * 2 + share * 9) * swing * 0.12,
      ];
    });
    const crest = line(
      `stroke="${mix(palette.light, "#ffffff", 0.4)}" stroke-opacity="${n(0.55 - index * 0.07)}" stroke-width="${n(2.4 * unit)}"`,
      ...points.flat(),
    );
    const echoes = range(3).map((echo) =>
      line(
        `stroke="${palette.light}" stroke-opacity="${n(0.16 - echo * 0.04)}" stroke-width="${n(1.4 * unit)}"`,
        ...points.flatMap(([x, y]) => [x, y + (16 + echo * 15) * unit]),
      ),
    );
    return polygon(`fill="${color}"`, 0, height, ...points.flat(), width, height) + echoes.join("") + crest;
  });
  return layers.join("");
}
