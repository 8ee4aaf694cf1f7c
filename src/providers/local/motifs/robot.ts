import { circle, line, linearGradient, mix, n, placed, range, type Scene } from "../scene.ts";
import { ground, stage } from "./studio.ts";

export function drawRobot(scene: Scene): string {
  const { palette } = scene;
  const { x, y, size } = stage(scene);
  const metal = linearGradient("metal", [
    [0, mix(palette.light, "#ffffff", 0.65)],
    [0.55, palette.low],
    [1, mix(palette.low, palette.dark, 0.55)],
  ]);
  return [
    ground(scene),
    `<defs>${metal}</defs>`,
    ...range(26).map((index) => trace(scene, index % 2 === 0)),
    circle(x, y, size * 1.75, `fill="url(#glow)" opacity=".7"`),
    placed(x, y, size, body(scene) + head(scene)),
  ].join("");
}

/** A line of a circuit that comes in from one side. */
function trace({ width, unit, horizon, palette, random }: Scene, isLeft: boolean): string {
  const startX = isLeft ? 0 : width;
  const startY = (0.04 + random() * 0.98) * horizon;
  const side = isLeft ? 1 : -1;
  const bendX = startX + side * (0.05 + random() * 0.22) * width;
  const slope = (random() - 0.5) * 160 * unit;
  const slopeX = bendX + side * Math.abs(slope);
  const endX = slopeX + side * random() * 60 * unit;
  const endY = startY + slope;
  const color = random() > 0.75 ? palette.accent : palette.light;
  const stroke = `stroke="${color}" stroke-width="${n(2.6 * unit)}"`;
  return (
    line(
      `${stroke} stroke-opacity=".34" stroke-linejoin="round"`,
      startX,
      startY,
      bendX,
      startY,
      slopeX,
      endY,
      endX,
      endY,
    ) + circle(endX, endY, 7 * unit, `fill="${palette.high}" stroke-opacity=".8" ${stroke}`)
  );
}

function body({ palette }: Scene): string {
  return `<rect x="-.2" y=".46" width=".4" height=".2" fill="${mix(palette.low, palette.dark, 0.6)}"/>
<path d="M-1 1.3C-1 .72-.6 .6 0 .6S1 .72 1 1.3Z" fill="url(#metal)"/>
<circle cy=".98" r=".13" fill="${palette.dark}" opacity=".5"/>${lamp(0, 0.98, 0.07, palette.accent)}`;
}

function head({ palette }: Scene): string {
  const ear = mix(palette.low, palette.dark, 0.4);
  const eye = (x: number): string =>
    `${lamp(x, 0.02, 0.115, palette.accent)}<circle cx="${x - 0.035}" cy="-.02" r=".035" fill="#ffffff"/>`;
  return `<path d="M0-.46V-.74" stroke="${palette.low}" stroke-width=".04"/>${lamp(0, -0.77, 0.07, palette.accent)}
<rect x="-.74" y="-.12" width=".14" height=".34" rx=".06" fill="${ear}"/>
<rect x=".6" y="-.12" width=".14" height=".34" rx=".06" fill="${ear}"/>
<rect x="-.62" y="-.46" width="1.24" height=".98" rx=".28" fill="url(#metal)"/>
<rect x="-.5" y="-.26" width="1" height=".56" rx=".22" fill="${palette.dark}"/>
${eye(-0.26)}${eye(0.26)}
<path d="M-.1 .17Q0 .25 .1 .17" fill="none" stroke="${palette.accent}" stroke-width=".03" stroke-linecap="round"/>`;
}

function lamp(x: number, y: number, radius: number, color: string): string {
  return `<circle cx="${x}" cy="${y}" r="${radius * 1.9}" fill="${color}" opacity=".24"/><circle cx="${x}" cy="${y}" r="${radius}" fill="${color}"/>`;
}
