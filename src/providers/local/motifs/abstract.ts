import { circle, linearGradient, mix, n, polygon, radialGradient, range, type Scene } from "../scene.ts";
import { pick } from "../seeded-random.ts";
import { ground } from "./studio.ts";
import { drawWaves } from "./waves.ts";

/** Shapes without a subject, which suit every topic: one of five manners, as the dice fall. */
export function drawAbstract(scene: Scene): string {
  return pick(scene.random, [drawWaves, drawRibbons, drawArcs, drawOrbs, drawLeaves])(scene);
}

/** Bands of silk that cross the card and overlap. */
function drawRibbons(scene: Scene): string {
  const { width, unit, horizon, palette, random } = scene;
  const colors = [palette.accent, palette.low, palette.light, palette.middle, palette.low, palette.accent];
  const slope = (random() > 0.5 ? 1 : -1) * (0.2 + random() * 0.22) * horizon;
  const phase = random() * Math.PI * 2;
  const bends = 0.75 + random() * 0.5;
  const fills = colors.map((color, index) =>
    linearGradient(
      `ribbon${index}`,
      [
        [0, mix(color, palette.high, 0.35), 0.85],
        [0.5, mix(color, "#ffffff", 0.18), 0.95],
        [1, mix(color, palette.dark, 0.4), 0.85],
      ],
      'x1="0" y1="0" x2="1" y2=".35"',
    ),
  );
  const ribbons = colors.map((_, index) => {
    const middle = horizon * (0.26 + index * 0.125);
    const edge = (isLower: boolean): [number, number][] =>
      range(61).map((point) => {
        const share = point / 60;
        const turn = phase + index * 0.5 + share * bends * Math.PI * 2;
        const half = (34 + 70 * (0.5 + 0.5 * Math.sin(turn * 1.3 + index))) * unit;
        const y = middle + (share - 0.5) * slope + Math.sin(turn) * 92 * unit;
        return [share * width, y + (isLower ? half : -half)];
      });
    const upper = edge(false);
    const sheen = `<path d="M${upper.map(([x, y]) => `${n(x)} ${n(y)}`).join(" ")}" fill="none" stroke="#ffffff" stroke-opacity=".4" stroke-width="${n(2 * unit)}"/>`;
    return polygon(`fill="url(#ribbon${index})"`, ...upper.flat(), ...edge(true).toReversed().flat()) + sheen;
  });
  return [ground(scene), `<defs>${fills.join("")}</defs>`, ...ribbons].join("");
}

/** Rainbows and rings on a grid of squares, as in old tiles. */
function drawArcs(scene: Scene): string {
  const { width, unit, horizon, palette, random } = scene;
  const columns = Math.max(2, Math.round(width / (250 * unit)));
  const side = width / columns;
  const rows = Math.ceil((horizon * 1.5) / side);
  const colors: [string, ...string[]] = [
    palette.low,
    palette.accent,
    palette.light,
    mix(palette.middle, palette.light, 0.3),
    palette.middle,
  ];
  const tiles = range(columns * rows).map((index) => {
    const x = (index % columns) * side;
    const y = Math.floor(index / columns) * side;
    const first = Math.floor(random() * colors.length);
    const color = (at: number): string => colors[(first + at) % colors.length] ?? palette.low;
    const turn = Math.floor(random() * 4) * 90;
    const back = `<path d="M0 0H1V1H0Z" fill="${mix(palette.high, palette.middle, 0.2 + random() * 0.5)}"/>`;
    const shape =
      random() > 0.3
        ? [1, 0.72, 0.44, 0.18]
            .map(
              (radius, at) =>
                `<path d="M0 0H${radius}A${radius} ${radius} 0 0 1 0 ${radius}Z" fill="${color(at)}"/>`,
            )
            .join("")
        : [0.42, 0.28, 0.13]
            .map((radius, at) => `<circle cx=".5" cy=".5" r="${radius}" fill="${color(at)}"/>`)
            .join("");
    // A hair larger than the square, or the sky shows between two of them.
    return `<g transform="translate(${n(x + side / 2)} ${n(y + side / 2)}) rotate(${turn}) scale(${n(side * 1.005)}) translate(-.5 -.5)">${back}${shape}</g>`;
  });
  return ground(scene) + tiles.join("");
}

/** Glowing spheres of several sizes, the far ones faint. */
function drawOrbs(scene: Scene): string {
  const { width, unit, horizon, palette, random } = scene;
  const colors = [palette.accent, palette.low, palette.light, mix(palette.low, palette.accent, 0.5)];
  const fills = colors.map((color, index) =>
    radialGradient(
      `orb${index}`,
      [
        [0, mix(color, "#ffffff", 0.7)],
        [0.45, color],
        [1, mix(color, palette.high, 0.72)],
      ],
      'cx=".34" cy=".3" r=".8"',
    ),
  );
  const dust = range(60).map(() =>
    circle(
      random() * width,
      random() * horizon * 1.2,
      (1 + random() * 4) * unit,
      `fill="${palette.light}" opacity="${n(0.15 + random() * 0.5)}"`,
    ),
  );
  const count = 15;
  const orbs = range(count).map((index) => {
    const near = index / (count - 1);
    const radius = (14 + near * near * 150 * (0.6 + random() * 0.6)) * unit;
    const angle = index * 2.4 + random() * 0.8;
    const distance = 0.48 - near * 0.18;
    const x = width * (0.5 + Math.cos(angle) * distance);
    const y = horizon * (0.52 + Math.sin(angle) * distance * 0.9);
    const glow = circle(x, y, radius * 1.7, `fill="url(#glow)" opacity="${n(0.1 + near * 0.2)}"`);
    const orb = circle(
      x,
      y,
      radius,
      `fill="url(#orb${index % colors.length})" opacity="${n(0.55 + near * 0.45)}"`,
    );
    return glow + orb;
  });
  return [ground(scene), `<defs>${fills.join("")}</defs>`, ...dust, ...orbs].join("");
}

/** Large cut-out leaves and stones around a sun, as in collages. */
function drawLeaves(scene: Scene): string {
  const { width, height, unit, horizon, palette, random } = scene;
  const colors = [palette.middle, palette.low, palette.accent, mix(palette.high, palette.middle, 0.5)];
  const isLeft = random() > 0.5;
  // Sides are told as if the sun stood on the left.
  const across = (share: number): number => width * (isLeft ? share : 1 - share);
  const sun = circle(
    across(0.28 + random() * 0.14),
    horizon * (0.34 + random() * 0.2),
    (150 + random() * 80) * unit,
    `fill="${mix(palette.accent, palette.light, 0.35)}"`,
  );
  const stones = range(3).map((index) => {
    const x = across(0.78 - index * 0.3 + (random() - 0.5) * 0.14);
    const top = horizon * (0.6 + index * 0.13 + random() * 0.1);
    const wide = (270 - index * 20 + random() * 90) * Math.max(unit, width / 1_500);
    return `<path d="M${n(x - wide)} ${n(height)}V${n(top)}A${n(wide)} ${n(wide * 0.9)} 0 0 1 ${n(x + wide)} ${n(top)}V${n(height)}Z" fill="${mix(palette.high, palette.low, 0.12 + index * 0.2)}"/>`;
  });
  const firstColor = Math.floor(random() * colors.length);
  const stems = range(3).map((index) => {
    const place = {
      x: across(0.86 - index * (0.1 + random() * 0.06)),
      foot: horizon * 1.25,
      tall: (600 - index * 110 + random() * 110) * unit,
    };
    const color = colors[(firstColor + index) % colors.length] ?? palette.low;
    const degrees = (1 - index) * (isLeft ? 11 : -11) + (random() - 0.5) * 8;
    return stem(place, degrees, [color, mix(color, palette.light, 0.35)]);
  });
  const floor = polygon(
    `fill="${mix(palette.high, palette.dark, 0.5)}"`,
    0,
    height,
    0,
    horizon * 1.16,
    width,
    horizon * 1.1,
    width,
    height,
  );
  return [paper(scene), sun, ...stones, ...stems, floor].join("");
}

function paper({ width, height, palette }: Scene): string {
  const fill = linearGradient("paper", [
    [0, mix(palette.light, "#fffaf0", 0.5)],
    [1, mix(palette.light, palette.low, 0.4)],
  ]);
  return `<defs>${fill}</defs>${polygon(`fill="url(#paper)"`, 0, 0, width, 0, width, height, 0, height)}`;
}

/** A branch with leaves on both sides, larger toward its foot. */
function stem(
  { x, foot, tall }: { x: number; foot: number; tall: number },
  degrees: number,
  [fill, vein]: [string, string],
): string {
  const leaves = range(13).map((index) => {
    const share = 0.16 + (index / 13) * 0.84;
    const size = 0.3 * (1.15 - share * 0.6);
    const turn = index === 12 ? 0 : (index % 2 === 0 ? 1 : -1) * (62 - share * 26);
    return `<g transform="translate(0 ${(-share).toFixed(3)}) rotate(${turn.toFixed(1)}) scale(${size.toFixed(3)})"><path d="M0 0C.34-.26 .3-.74 0-1C-.3-.74-.34-.26 0 0Z" fill="${fill}"/><path d="M0 0V-.86" stroke="${vein}" stroke-width=".03" opacity=".7"/></g>`;
  });
  return `<g transform="translate(${n(x)} ${n(foot)}) rotate(${n(degrees)}) scale(${n(tall)})"><path d="M0 0V-1" stroke="${fill}" stroke-width=".012"/>${leaves.join("")}</g>`;
}
