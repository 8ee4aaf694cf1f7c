import { circle, ellipse, mix, n, range, ridge, type Scene } from "../scene.ts";

export function drawSpace(scene: Scene): string {
  const { width, unit, horizon, palette, random, height } = scene;
  const x = width * 0.5;
  const y = horizon * 0.58;
  const size = Math.min(width, height) * 0.17;
  const tilt = -20 + random() * 8;
  const body = `<radialGradient id="planet" cx=".32" cy=".3" r=".85"><stop offset="0" stop-color="${mix(palette.light, "#ffffff", 0.4)}"/><stop offset=".5" stop-color="${palette.low}"/><stop offset="1" stop-color="${palette.high}"/></radialGradient><clipPath id="disc">${circle(x, y, size, "")}</clipPath>`;
  const bands = range(6).map((index) =>
    ellipse(
      x,
      y + (index - 2.6) * size * 0.34,
      size * 1.3,
      size * (0.05 + random() * 0.08),
      `fill="${index % 2 === 0 ? palette.dark : palette.light}" opacity=".2" transform="rotate(${n(tilt)} ${n(x)} ${n(y)})"`,
    ),
  );
  const ring = (half: "back" | "front"): string =>
    range(3)
      .map((index) => {
        const radius = size * (1.55 + index * 0.17);
        const sweep = half === "back" ? 1 : 0;
        return `<path d="M${n(x - radius)},${n(y)} A${n(radius)},${n(radius * 0.26)} 0 0 ${sweep} ${n(x + radius)},${n(y)}" fill="none" stroke="${index === 1 ? palette.accent : palette.light}" stroke-opacity="${n(0.85 - index * 0.2)}" stroke-width="${n((16 - index * 4) * unit)}" transform="rotate(${n(tilt)} ${n(x)} ${n(y)})"/>`;
      })
      .join("");
  const moons = range(3).map((index) => {
    const angle = random() * Math.PI * 2;
    const distance = size * (2.1 + index * 0.5);
    const radius = (14 + random() * 20) * unit;
    const moonX = x + Math.cos(angle) * distance;
    const moonY = y + Math.sin(angle) * distance * 0.55;
    return (
      circle(moonX, moonY, radius, `fill="${mix(palette.low, palette.light, 0.3 + index * 0.3)}"`) +
      circle(moonX + radius * 0.3, moonY + radius * 0.2, radius * 0.86, `fill="${palette.high}" opacity=".4"`)
    );
  });
  const ground = range(2).map((layer) =>
    ridge(scene, {
      top: horizon + (60 + layer * 80) * unit,
      swing: 46 * unit,
      bends: 4,
      fill: mix(palette.middle, palette.dark, 0.4 + layer * 0.4),
    }),
  );
  return [
    `<defs>${body}</defs>`,
    circle(x, y, size * 3, `fill="url(#glow)" opacity=".55"`),
    ring("back"),
    circle(x, y, size, `fill="url(#planet)"`),
    `<g clip-path="url(#disc)">${bands.join("")}</g>`,
    ring("front"),
    ...moons,
    ...ground,
  ].join("");
}
