import { circle, mix, n, placed, range, rect, type Scene } from "../scene.ts";
import { ground, stage } from "./studio.ts";

/** How thick a closed book is, in the size of the stage. */
const THICKNESS = 0.2;
const BOOKS = 4;

export function drawBooks(scene: Scene): string {
  const { width, height, unit, horizon: table, palette } = scene;
  const { x, y, size } = stage(scene);
  const top = table - size * THICKNESS * BOOKS;
  return [
    ground(scene),
    circle(x, y, size * 2, `fill="url(#glow)" opacity=".8"`),
    rect(0, table, width, height - table, `fill="${mix(palette.high, palette.dark, 0.6)}"`),
    rect(0, table, width, 5 * unit, `fill="${palette.light}" opacity=".35"`),
    placed(
      x,
      table,
      size,
      range(BOOKS)
        .map((index) => closedBook(scene, index))
        .join(""),
    ),
    placed(x, top, size, openBook(scene)),
    ...range(30).map((index) => spark(scene, { x, y: top, size }, index / 30)),
  ].join("");
}

function closedBook({ palette, random }: Scene, index: number): string {
  const colors = [
    palette.accent,
    palette.low,
    mix(palette.middle, palette.light, 0.35),
    mix(palette.accent, palette.dark, 0.35),
  ];
  const wide = 2.1 - index * 0.14 + (random() - 0.5) * 0.16;
  const left = -wide / 2 + (random() - 0.5) * 0.16;
  const drawing = `<rect width="${wide.toFixed(3)}" height=".2" rx=".04" fill="${colors[index % colors.length]}"/>
<rect x="${(wide * 0.9).toFixed(3)}" y=".028" width="${(wide * 0.1).toFixed(3)}" height=".144" fill="#fbf3e2"/>
<rect x=".16" width=".06" height=".2" fill="#ffffff" opacity=".45"/>
<rect x=".34" y=".08" width=".6" height=".032" rx=".01" fill="${palette.dark}" opacity=".35"/>
<rect y=".172" width="${wide.toFixed(3)}" height=".028" rx=".012" fill="${palette.dark}" opacity=".22"/>`;
  return `<g transform="translate(${left.toFixed(3)} ${(-THICKNESS * (index + 1)).toFixed(3)})">${drawing}</g>`;
}

/** Around the foot of its fold. */
function openBook({ palette }: Scene): string {
  const lines = range(4).map((row) => {
    const y = row * 0.08;
    return `<path d="M.12 ${(y - 0.33).toFixed(2)}Q.45 ${(y - 0.47).toFixed(2)} .78 ${(y - 0.36).toFixed(2)}" fill="none" stroke="${palette.middle}" stroke-opacity=".4" stroke-width=".013" stroke-linecap="round"/>`;
  });
  const page = (color: string): string =>
    `<path d="M0 0V-.4Q.45-.62 .92-.46V-.06Q.45-.2 0 0Z" fill="${color}"/>${lines.join("")}`;
  return `<path d="M-.96-.04H.96L.9 .008H-.9Z" fill="${mix(palette.accent, palette.dark, 0.5)}"/>
<g transform="scale(-1 1)">${page("#fffaf0")}</g>${page("#f3e7d0")}`;
}

/** One of the stars and dots that rise from the pages; `share` 0 is at the book, 1 at the top. */
function spark(
  { unit, palette, random }: Scene,
  book: { x: number; y: number; size: number },
  share: number,
): string {
  const turn = share * 72 + random();
  const x = book.x + Math.sin(turn) * book.size * (0.15 + share * 0.95);
  const y = book.y - book.size * 0.62 - share * (book.y - book.size * 0.75) * 0.85;
  const radius = (10 - share * 4) * unit * (0.5 + random());
  const color = random() > 0.66 ? palette.accent : mix(palette.light, "#ffffff", 0.5);
  const opacity = n(1 - share * 0.6);
  if (random() > 0.3) return circle(x, y, radius * 0.7, `fill="${color}" opacity="${opacity}"`);
  const star = `<path d="M0-9L2-2 9 0 2 2 0 9-2 2-9 0-2-2Z" fill="${color}" opacity="${opacity}"/>`;
  return `<g transform="translate(${n(x)} ${n(y)}) scale(${(radius / 4).toFixed(2)})">${star}</g>`;
}
