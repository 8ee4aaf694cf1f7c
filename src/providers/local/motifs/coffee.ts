import { linearGradient, mix, placed, range, rect, type Scene } from "../scene.ts";
import { stage } from "./studio.ts";

/** A cup on its saucer, with beans on the table. */
export function drawCoffee(scene: Scene): string {
  const { width, height, horizon, palette, random } = scene;
  const { x, size: room } = stage(scene);
  const size = room * 0.86;
  const table = horizon * 0.95;
  const wall = linearGradient("wall", [
    [0, mix(palette.high, palette.dark, 0.2)],
    [0.55, mix(palette.middle, palette.low, 0.3)],
    [1, mix(palette.low, palette.light, 0.45)],
  ]);
  const wood = linearGradient("wood", [
    [0, mix("#a8683c", palette.low, 0.2)],
    [0.4, mix("#6f3f22", palette.dark, 0.25)],
    [1, palette.dark],
  ]);
  const china = linearGradient(
    "china",
    [
      [0, mix(palette.accent, "#fffaf0", 0.82)],
      [0.55, "#fffaf0"],
      [1, mix("#d8c8b4", palette.middle, 0.3)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  const beans = range(13).map((index) => {
    const across = (index % 2 === 0 ? -1 : 1) * (1.02 + random() * 0.75);
    const down = 0.1 + random() * 0.3;
    return placed(
      x + across * size,
      table + down * size,
      size * (0.06 + random() * 0.03),
      bean(random() * 180),
    );
  });
  return [
    `<defs>${wall}${wood}${china}</defs>`,
    rect(0, 0, width, height, `fill="url(#wall)"`),
    placed(
      x,
      table - size * 0.72,
      size,
      `<circle r="1.5" fill="${palette.light}" opacity=".22"/><circle r="1.12" fill="${palette.light}" opacity=".28"/>`,
    ),
    rect(0, table, width, height - table, `fill="url(#wood)"`),
    placed(x, table + size * 0.12, size, cup(scene)),
    ...beans,
  ].join("");
}

/** Around the middle of its saucer. */
function cup({ palette, random }: Scene): string {
  const steam = range(3).map((index) => {
    const rise = 0.62 + random() * 0.2;
    const x = (index - 1) * 0.26;
    return `<path d="M${x.toFixed(2)} -1.12c-.16 ${(-rise * 0.3).toFixed(3)} .18 ${(-rise * 0.58).toFixed(3)} 0 ${(-rise).toFixed(3)}" fill="none" stroke="#ffffff" stroke-opacity=".5" stroke-width=".045" stroke-linecap="round"/>`;
  });
  const band = mix(palette.accent, palette.dark, 0.1);
  return `<ellipse cy=".12" rx="1.1" ry=".17" fill="${palette.dark}" opacity=".4"/>
<ellipse cy=".03" rx="1" ry=".15" fill="url(#china)"/><ellipse cy="0" rx=".62" ry=".07" fill="${palette.dark}" opacity=".22"/>
${steam.join("")}
<path d="M.6-.78C1.14-.9 1.14-.2 .46-.24" fill="none" stroke="#fffaf0" stroke-width=".11" stroke-linecap="round"/>
<path d="M-.68-.94C-.66-.3-.44 .02 0 .02S.66-.3 .68-.94Z" fill="url(#china)"/>
<path d="M-.655-.62C-.3-.5 .3-.5 .655-.62L.62-.46C.3-.35-.3-.35-.62-.46Z" fill="${band}"/>
<ellipse cy="-.94" rx=".68" ry=".13" fill="#fffdf8"/><ellipse cy="-.93" rx=".6" ry=".1" fill="#4a2613"/>
<ellipse cy="-.92" rx=".5" ry=".075" fill="#a8683c"/>
<path d="M0-.865C-.3-.92-.24-.985-.1-.975C-.04-.97 0-.955 0-.945C0-.955 .04-.97 .1-.975C.24-.985 .3-.92 0-.865Z" fill="#f6e3c5"/>`;
}

function bean(degrees: number): string {
  return `<g transform="rotate(${degrees.toFixed(0)})"><ellipse rx="1" ry=".68" fill="#3a1c0e"/><ellipse cx="-.1" cy="-.14" rx=".78" ry=".44" fill="#6b3a1d"/><path d="M-.9 .05C-.4-.3 .3 .35 .9-.05" fill="none" stroke="#1e0d06" stroke-width=".16"/></g>`;
}
