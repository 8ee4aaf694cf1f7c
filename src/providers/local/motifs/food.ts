import { linearGradient, mix, placed, range, rect, type Scene } from "../scene.ts";
import { stage } from "./studio.ts";

const INGREDIENTS = ["#d64533", "#e98a2b", "#6f9e3f", "#f3d47b", "#3f7d4a", "#c9536a"];

export function drawFood(scene: Scene): string {
  const { width, height, horizon, palette } = scene;
  const { x, size } = stage(scene);
  const table = horizon * 0.93;
  const wall = linearGradient("wall", [
    [0, mix(palette.middle, palette.light, 0.25)],
    [1, mix(palette.low, palette.light, 0.55)],
  ]);
  const wood = linearGradient("wood", [
    [0, mix("#b9794a", palette.low, 0.25)],
    [0.4, mix("#8a5230", palette.dark, 0.25)],
    [1, palette.dark],
  ]);
  const china = linearGradient("china", [
    [0, "#fffaf0"],
    [1, mix("#d8c8b4", palette.middle, 0.25)],
  ]);
  const window = `<circle cy="-.1" r="1.55" fill="${mix(palette.light, "#ffffff", 0.4)}" opacity=".55"/><circle cy="-.1" r="1.2" fill="#ffffff" opacity=".35"/>`;
  const rim = table - size * 0.62;
  return [
    `<defs>${wall}${wood}${china}</defs>`,
    rect(0, 0, width, height, `fill="url(#wall)"`),
    placed(x, rim, size, window),
    rect(0, table, width, height - table, `fill="url(#wood)"`),
    placed(x, rim, size, bowl(scene)),
    placed(x - size * 1.28, table + size * 0.2, size * 0.2, fruit("#d64533", palette.dark)),
    placed(x + size * 1.3, table + size * 0.2, size * 0.17, fruit("#e9a32b", palette.dark)),
  ].join("");
}

/** Around the middle of its rim. */
function bowl({ palette, random }: Scene): string {
  const steam = range(3).map((index) => {
    const rise = 0.52 + random() * 0.16;
    return `<path d="M${(index - 1) * 0.34} -.3c-.14 ${-rise * 0.3} .16 ${-rise * 0.55} 0 ${-rise}" fill="none" stroke="#ffffff" stroke-opacity=".5" stroke-width=".035" stroke-linecap="round"/>`;
  });
  const filling = range(26).map((index) => {
    const angle = random() * Math.PI * 2;
    const distance = Math.sqrt(random());
    const x = Math.cos(angle) * distance * 0.72;
    const y = Math.sin(angle) * distance * 0.13 - 0.06;
    return `<circle cx="${x.toFixed(3)}" cy="${y.toFixed(3)}" r="${(0.07 + random() * 0.06).toFixed(3)}" fill="${INGREDIENTS[index % INGREDIENTS.length]}" stroke="#ffffff" stroke-opacity=".18" stroke-width=".006"/>`;
  });
  const leaves = leaf(-0.3, -0.08, -24) + leaf(0.22, -0.1, 22) + leaf(0.02, -0.12, 2);
  return `<ellipse cy=".94" rx="1.25" ry=".16" fill="${palette.dark}" opacity=".35"/>
${steam.join("")}${leaves}
<ellipse rx=".96" ry=".2" fill="#e8dccb"/>${filling.join("")}
<path d="M-.96 0A.96 .2 0 0 0 .96 0C.92 .62 .5 .9 0 .9S-.92 .62-.96 0Z" fill="url(#china)"/>
<path d="M-.9 .26C-.45 .46 .45 .46 .9 .26" fill="none" stroke="${palette.accent}" stroke-width=".042"/>`;
}

function fruit(color: string, shade: string): string {
  return `<ellipse cy=".95" rx="1" ry=".22" fill="${shade}" opacity=".4"/><circle r="1" fill="${color}"/><circle cx="-.32" cy="-.34" r=".22" fill="#ffffff" opacity=".5"/><g transform="translate(0 -.82) scale(4)">${leaf(0, 0, 38)}</g>`;
}

function leaf(x: number, y: number, degrees: number): string {
  return `<path transform="translate(${x} ${y}) rotate(${degrees})" d="M0 0C.06-.12 .05-.22 0-.3C-.05-.22-.06-.12 0 0Z" fill="#4f8f4a"/>`;
}
