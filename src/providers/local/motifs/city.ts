import { mix, n, polygon, range, rect, type Scene } from "../scene.ts";

/** The tallest aerial on a roof. */
const ROOF = 56;

export function drawCity(scene: Scene): string {
  const { width, height, unit, horizon, palette, random, light } = scene;
  // No tower reaches into the sun or the moon, of which only slivers would show between two of them.
  const clearTop = light.y + light.radius * 1.35;
  const rows = range(3).map((layer) => {
    const fill = mix(mix(palette.low, palette.middle, 0.6), palette.dark, 0.18 + layer * 0.3);
    const parts: string[] = [];
    const base = horizon + layer * 70 * unit;
    let x = -30 * unit;
    while (x < width) {
      const wide = (60 + random() * 90) * unit;
      const wanted = (130 + random() * random() * (layer === 0 ? 380 : 300)) * unit;
      const isBeforeLight = x < light.x + light.radius * 1.5 && x + wide > light.x - light.radius * 1.5;
      const tall = isBeforeLight ? Math.min(wanted, base - clearTop - ROOF * unit) : wanted;
      parts.push(building(scene, { x, base, wide, tall, fill, hasWindows: layer > 0 }));
      x += wide + random() * 12 * unit;
    }
    parts.push(rect(0, base, width, height - base, `fill="${fill}"`));
    return parts.join("");
  });
  return rows.join("");
}

function building(
  { unit, random, palette }: Scene,
  {
    x,
    base,
    wide,
    tall,
    fill,
    hasWindows,
  }: { x: number; base: number; wide: number; tall: number; fill: string; hasWindows: boolean },
): string {
  const top = base - tall;
  const parts = [rect(x, top, wide, tall + 2, `fill="${fill}"`)];
  const roof = random();
  if (roof > 0.75) parts.push(rect(x + wide * 0.48, top - 54 * unit, 4 * unit, 56 * unit, `fill="${fill}"`));
  else if (roof > 0.5)
    parts.push(rect(x + wide * 0.2, top - 18 * unit, wide * 0.6, 20 * unit, `fill="${fill}"`));
  else if (roof > 0.32)
    parts.push(polygon(`fill="${fill}"`, x, top + 1, x + wide / 2, top - 42 * unit, x + wide, top + 1));
  if (!hasWindows) return parts.join("");
  const columns = Math.max(2, Math.floor((wide - 16 * unit) / (21 * unit)));
  const gap = (wide - 16 * unit) / columns;
  for (let y = top + 18 * unit; y < base - 20 * unit; y += 27 * unit) {
    for (let column = 0; column < columns; column += 1) {
      if (random() < 0.5) continue;
      const glow = palette.isNight || random() > 0.3 ? "#ffe1a0" : palette.light;
      parts.push(
        rect(
          x + 8 * unit + column * gap + gap * 0.28,
          y,
          gap * 0.46,
          13 * unit,
          `fill="${glow}" opacity="${n(0.35 + random() * 0.6)}"`,
        ),
      );
    }
  }
  return parts.join("");
}
