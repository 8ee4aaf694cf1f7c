import { linearGradient, mix, n, placed, polygon, range, rect, ridge, type Scene } from "../scene.ts";

export function drawSea(scene: Scene): string {
  const { width, height, unit, horizon, palette, light, random } = scene;
  const water = linearGradient("water", [
    [0, mix(palette.low, palette.light, 0.4)],
    [0.25, palette.middle],
    [1, palette.dark],
  ]);
  const coast = range(2).map((layer) =>
    ridge(scene, {
      top: horizon - (14 + (1 - layer) * 34) * unit,
      swing: 26 * unit,
      bends: 3,
      fill: mix(mix(palette.low, palette.middle, 0.55), palette.dark, 0.12 + layer * 0.2),
    }),
  );
  const glints = range(46).map((index) => {
    const share = index / 46;
    const spread = (30 + share * 330) * unit;
    const x = light.x + (random() - 0.5) * spread * 1.3 - 20 * unit;
    const y = horizon + 6 * unit + share * share * (height - horizon) * 0.7;
    const length = (30 + random() * 120) * unit * (0.4 + share);
    return rect(
      x,
      y,
      length,
      (2.2 + share * 4) * unit,
      `rx="${n(2 * unit)}" fill="${mix(palette.light, "#ffffff", 0.5)}" opacity="${n(0.62 - share * 0.45)}"`,
    );
  });
  return [
    `<defs>${water}</defs>`,
    ...coast,
    rect(0, horizon, width, height - horizon, `fill="url(#water)"`),
    ...glints,
    sail(scene),
    lighthouse(scene),
  ].join("");
}

/** Half the width of the tower, `share` of the way up, in its height. */
function halfAt(share: number): number {
  return 0.115 * (1 - 0.38 * share);
}

function lighthouse(scene: Scene): string {
  const { width, height, unit, horizon, palette, light } = scene;
  const isRight = light.x <= width / 2;
  const tall = Math.min(height * 0.3, width * 0.42);
  const beam = linearGradient(
    "beam",
    [
      [0, "#fff6d8", 0.75],
      [1, "#fff6d8", 0],
    ],
    `x1="0" y1="0" x2="1" y2="0"`,
  );
  const band = (from: number, to: number, fill: string): string =>
    `<path d="M${-halfAt(from)} ${-from}L${-halfAt(to)} ${-to}H${halfAt(to)}L${halfAt(from)} ${-from}Z" fill="${fill}"/>`;
  const tower = [
    `<path transform="translate(0 -1.045)${isRight ? " scale(-1 1)" : ""}" d="M0-.003L1.7-.3V.12Z" fill="url(#beam)"/>`,
    band(0, 1, "#f4efe4"),
    ...[0.12, 0.41, 0.7].map((from) => band(from, from + 0.14, "#b8322f")),
    `<path d="M.017 0L.011-1H${halfAt(1)}L.115 0Z" fill="${palette.dark}" opacity=".24"/>`,
    `<rect x="-.098" y="-1.012" width=".196" height=".024" fill="${palette.dark}"/>`,
    `<rect x="-.052" y="-1.09" width=".104" height=".08" fill="#fff1b8"/>`,
    `<path d="M-.069-1.09L0-1.17L.069-1.09Z" fill="#7d1f22"/>`,
    `<circle cy="-1.045" r=".16" fill="url(#glow)"/>`,
    `<path d="M-.6 .16C-.42-.01-.2-.05 0-.04C.26-.04 .42 .03 .62 .16Z" fill="${palette.dark}"/>`,
  ];
  const x = width * (isRight ? 0.77 : 0.23);
  return `<defs>${beam}</defs>${placed(x, horizon + 6 * unit, tall, tower.join(""))}`;
}

function sail({ width, unit, horizon, palette, light }: Scene): string {
  const x = width * (light.x <= width / 2 ? 0.4 : 0.6);
  const y = horizon + 20 * unit;
  const size = 62 * unit;
  return [
    polygon(`fill="#fffaf0"`, x, y - size * 1.5, x, y - 6 * unit, x + size * 0.75, y - 6 * unit),
    polygon(
      `fill="${palette.accent}"`,
      x - 5 * unit,
      y - size * 1.2,
      x - 5 * unit,
      y - 6 * unit,
      x - size * 0.5,
      y - 6 * unit,
    ),
    `<path d="M${n(x - size * 0.7)},${n(y)} L${n(x + size * 0.9)},${n(y)} Q${n(x + size * 0.6)},${n(y + size * 0.32)} ${n(x)},${n(y + size * 0.32)} Q${n(x - size * 0.5)},${n(y + size * 0.3)} ${n(x - size * 0.7)},${n(y)}Z" fill="${palette.dark}"/>`,
  ].join("");
}
