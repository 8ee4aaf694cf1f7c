import { circle, mix, n, range, ridge, type Scene } from "../scene.ts";

const PETALS = ["#ff8fa3", "#ffd166", "#fffaf0", "#f4743b", "#c77dff", "#ef476f"];

/** A meadow in flower, with bees. */
export function drawGarden(scene: Scene): string {
  const { height, unit, horizon, palette } = scene;
  const green = mix("#4f8f4a", palette.middle, 0.35);
  const hills = range(3).map((layer) =>
    ridge(scene, {
      top: horizon - (60 - layer * 62) * unit,
      swing: 58 * unit,
      bends: 3,
      fill: mix(mix(palette.low, green, 0.35 + layer * 0.3), palette.dark, layer * 0.14),
    }),
  );
  const foot = Math.min(height, horizon + 330 * unit);
  return [
    ...hills,
    trees(scene, green),
    ...range(3).map((row) => flowerRow(scene, row, foot)),
    bees(scene),
  ].join("");
}

/** Round trees on the far hill. */
function trees({ width, unit, horizon, palette, random }: Scene, green: string): string {
  return range(7)
    .map((index) => {
      const x = width * ((index + 0.2 + random() * 0.6) / 7);
      const radius = (24 + random() * 30) * unit;
      const y = horizon - (34 + random() * 16) * unit - radius;
      const fill = mix(green, palette.dark, 0.22 + random() * 0.16);
      return (
        `<path d="M${n(x)} ${n(y)}V${n(y + radius * 2.1)}" stroke="${mix(fill, palette.dark, 0.4)}" stroke-width="${n(5 * unit)}"/>` +
        circle(x, y, radius, `fill="${fill}"`) +
        circle(x - radius * 0.3, y - radius * 0.3, radius * 0.55, `fill="${palette.light}" opacity=".12"`)
      );
    })
    .join("");
}

/** Rows come nearer from 0 to 2; the last one stands before everything. */
function flowerRow({ width, unit, horizon, palette, random }: Scene, row: number, foot: number): string {
  const size = (24 + row * 22) * unit;
  const green = mix(mix("#3f7d4a", palette.middle, 0.2), palette.dark, 0.12 + row * 0.18);
  const parts: string[] = [];
  let x = -size * random();
  while (x < width + size) {
    const top = horizon + (66 - row * 82 + (random() - 0.5) * (90 + row * 90)) * unit;
    const lean = (random() - 0.5) * size * 1.4;
    const middle = (top + foot) / 2;
    parts.push(
      `<path d="M${n(x)} ${n(foot)}Q${n(x)} ${n(middle)} ${n(x + lean)} ${n(top)}" fill="none" stroke="${green}" stroke-width="${n((4 + row * 2.4) * unit)}" stroke-linecap="round"/>`,
      blade(x, middle, size * (random() > 0.5 ? 1.6 : -1.6), green),
      flower({ x: x + lean, y: top, size, turn: random() * 60 }, random()),
    );
    x += size * (1.7 + random() * 1.5);
  }
  return parts.join("");
}

function blade(x: number, y: number, wide: number, fill: string): string {
  const tall = Math.abs(wide);
  return `<path d="M${n(x)} ${n(y + tall)}C${n(x + wide * 0.1)} ${n(y + tall * 0.2)} ${n(x + wide * 0.5)} ${n(y)} ${n(x + wide)} ${n(y - tall * 0.1)}C${n(x + wide * 0.8)} ${n(y + tall * 0.5)} ${n(x + wide * 0.4)} ${n(y + tall * 0.9)} ${n(x)} ${n(y + tall)}Z" fill="${fill}"/>`;
}

/** A daisy, a poppy or a tulip. */
function flower(place: { x: number; y: number; size: number; turn: number }, kind: number): string {
  const color = PETALS[Math.floor(kind * 997) % PETALS.length] ?? "#fffaf0";
  const shade = mix(color, "#7a1f3d", 0.28);
  const move = `translate(${n(place.x)} ${n(place.y)}) scale(${n(place.size)})`;
  if (kind < 0.25) {
    const tulip = `<path d="M-.62-.5C-.75 .35-.4 .7 0 .7S.75 .35 .62-.5C.5-.5 .36-.25 .3-.1C.2-.5 .1-.7 0-.78C-.1-.7-.2-.5-.3-.1C-.36-.25-.5-.5-.62-.5Z" fill="${color}"/><path d="M0-.78C.32-.3 .3 .3 0 .7C-.3 .3-.32-.3 0-.78Z" fill="${shade}" opacity=".55"/>`;
    return `<g transform="${move}">${tulip}</g>`;
  }
  const count = kind < 0.55 ? 5 : 11;
  const half = count === 5 ? 0.5 : 0.2;
  const petals = range(count).map(
    (index) =>
      `<ellipse cy="-.6" rx="${half}" ry=".46" fill="${index % 2 === 0 ? color : mix(color, shade, 0.22)}" transform="rotate(${n((index * 360) / count)})"/>`,
  );
  const heart = count === 5 ? mix(shade, "#2a0f1f", 0.45) : "#e9a32b";
  return `<g transform="${move} rotate(${n(place.turn)})">${petals.join("")}<circle r=".32" fill="${heart}"/><circle cx="-.08" cy="-.08" r=".16" fill="#ffffff" opacity=".25"/></g>`;
}

function bees(scene: Scene): string {
  const { width, unit, horizon, random, light } = scene;
  const side = light.x <= width / 2 ? 0.72 : 0.28;
  const places: [x: number, y: number, size: number][] = [
    [side, 0.44, 74],
    [1 - side + (random() - 0.5) * 0.1, 0.68, 48],
    [side + (side > 0.5 ? 0.16 : -0.16), 0.66, 36],
  ];
  return places
    .map(([across, down, size], index) => {
      const x = width * across;
      const y = horizon * (down + (random() - 0.5) * 0.06);
      const isLeftward = index === 1 ? side > 0.5 : side < 0.5;
      const turn = `translate(${n(x)} ${n(y)}) scale(${n(size * unit * (isLeftward ? -1 : 1))} ${n(size * unit)}) rotate(-12)`;
      return `<g transform="${turn}">${BEE}</g>`;
    })
    .join("");
}

/** Faces right, around its middle; the dotted line is the way it came. */
const BEE = `<path d="M-1.1 .1C-1.7 .5-2.2-.3-1.8-.6S-1.1 0-1.9 .5S-3.2 .9-3.6 .3" fill="none" stroke="#ffffff" stroke-opacity=".7" stroke-width=".06" stroke-dasharray=".02 .2" stroke-linecap="round"/>
<ellipse cx="-.22" cy="-.62" rx=".3" ry=".58" fill="#ffffff" opacity=".62" transform="rotate(-28 -.22 -.62)"/>
<ellipse cx=".16" cy="-.62" rx=".34" ry=".64" fill="#ffffff" opacity=".8" transform="rotate(14 .16 -.62)"/>
<path d="M-.86 .04L-1.12 .1L-.84 .18Z" fill="#2b1a10"/>
<clipPath id="bee"><ellipse cx="-.12" cy=".04" rx=".78" ry=".48"/></clipPath>
<ellipse cx="-.12" cy=".04" rx=".78" ry=".48" fill="#f6b92e"/>
<g clip-path="url(#bee)"><path d="M-.62-.6V.7M-.24-.6V.7M.14-.6V.7" stroke="#2b1a10" stroke-width=".19"/><ellipse cx="-.1" cy="-.26" rx=".62" ry=".14" fill="#ffffff" opacity=".28"/></g>
<circle cx=".66" cy="-.02" r=".33" fill="#2b1a10"/><circle cx=".76" cy="-.1" r=".09" fill="#ffffff"/>
<path d="M.72-.3Q.8-.62 1.02-.64M.84-.26Q.98-.5 1.18-.46" fill="none" stroke="#2b1a10" stroke-width=".06" stroke-linecap="round"/>`;
