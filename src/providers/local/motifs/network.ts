import { circle, line, mix, n, placed, range, type Scene } from "../scene.ts";
import { ground, stage } from "./studio.ts";

export function drawNetwork(scene: Scene): string {
  const { width, unit, palette } = scene;
  const { x, y, size } = stage(scene);
  const count = width > scene.height * 1.3 ? 5 : 3;
  const step = Math.min(size * 0.98, (width * 0.82) / count);
  const cubes = range(count).map((index) => {
    const share = index - (count - 1) / 2;
    return { x: x + share * step, y: y - share * size * 0.2, size: step * 0.33 };
  });
  const first = cubes[0] ?? { x, y };
  const last = cubes.at(-1) ?? { x, y };
  const chain = [first.x, first.y, last.x, last.y];
  return [
    ground(scene),
    circle(x, y, size * 1.9, `fill="url(#glow)" opacity=".55"`),
    web(scene),
    line(`stroke="${palette.accent}" stroke-width="${n(9 * unit)}"`, ...chain),
    line(
      `stroke="#ffffff" stroke-opacity=".7" stroke-width="${n(2.4 * unit)}" stroke-dasharray="${n(14 * unit)} ${n(12 * unit)}"`,
      ...chain,
    ),
    ...cubes.map((cube, index) => drawCube(scene, cube, index % 2 === 1)),
  ].join("");
}

/** Glowing nodes all over, each joined to those near it. */
function web({ width, unit, horizon, palette, random }: Scene): string {
  const columns = Math.max(4, Math.round(width / (150 * unit)));
  const rows = Math.max(4, Math.round((horizon * 1.15) / (150 * unit)));
  const nodes = range(columns * rows).map((index): [number, number] => [
    (((index % columns) + 0.15 + random() * 0.7) / columns) * width,
    ((Math.floor(index / columns) + 0.15 + random() * 0.7) / rows) * horizon * 1.15,
  ]);
  const links = nodes.flatMap(([x, y], index) =>
    nodes
      .slice(index + 1)
      .filter(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY) < 190 * unit)
      .map(([otherX, otherY]) => {
        const opacity = n(0.1 + random() * 0.22);
        const stroke = `stroke="${palette.light}" stroke-opacity="${opacity}" stroke-width="${n(1.6 * unit)}"`;
        return line(stroke, x, y, otherX, otherY);
      }),
  );
  const bright = mix(palette.light, "#ffffff", 0.4);
  const dots = nodes.map(([x, y]) => {
    const radius = (3 + random() * random() * 9) * unit;
    const halo = circle(x, y, radius * 2.6, `fill="${palette.light}" opacity=".12"`);
    return halo + circle(x, y, radius, `fill="${bright}" opacity="${n(0.5 + random() * 0.5)}"`);
  });
  return links.join("") + dots.join("");
}

function drawCube(
  { palette }: Scene,
  cube: { x: number; y: number; size: number },
  isAccent: boolean,
): string {
  const face = isAccent ? palette.accent : palette.low;
  const seam = `stroke="#ffffff" stroke-opacity=".35" stroke-width=".012" stroke-linejoin="round"`;
  const sides = [
    `<ellipse cy="1.25" rx=".95" ry=".2" fill="${palette.dark}" opacity=".45"/>`,
    `<path d="M0-1L.87-.5L0 0L-.87-.5Z" fill="${mix(face, "#ffffff", 0.5)}" ${seam}/>`,
    `<path d="M-.87-.5L0 0V1L-.87 .5Z" fill="${mix(face, palette.middle, 0.25)}" ${seam}/>`,
    `<path d="M.87-.5L0 0V1L.87 .5Z" fill="${mix(face, palette.dark, 0.45)}" ${seam}/>`,
    `<path d="M0-.72L.38-.5L0-.28L-.38-.5Z" fill="${palette.dark}" opacity=".22"/>`,
  ];
  return placed(cube.x, cube.y, cube.size, sides.join(""));
}
