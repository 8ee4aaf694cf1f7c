import { type Motif, motifOf, paletteOf } from "./motif-words.ts";
import { drawSea } from "./motifs/sea.ts";
import { drawCity } from "./motifs/city.ts";
import { drawForest } from "./motifs/forest.ts";
import { drawMountains } from "./motifs/mountains.ts";
import { drawSpace } from "./motifs/space.ts";
import { drawNetwork } from "./motifs/network.ts";
import { drawRobot } from "./motifs/robot.ts";
import { drawFood } from "./motifs/food.ts";
import { drawBooks } from "./motifs/books.ts";
import { drawBusiness } from "./motifs/business.ts";
import { drawAbstract } from "./motifs/abstract.ts";
import { drawCoffee } from "./motifs/coffee.ts";
import { drawGarden } from "./motifs/garden.ts";
import { circle, ellipse, linearGradient, mix, n, radialGradient, range, rect, type Scene } from "./scene.ts";
import { seededRandom } from "./seeded-random.ts";
import { fitTitle, xmlText } from "./title-lines.ts";
import { titleTextOf } from "./title-text.ts";

export interface Card {
  topic: string;
  prompt: string;
  width: number;
  height: number;
  /** What the card says of itself, in small letters. */
  label: string;
  /** Which of several pictures for the same words: 0, 1, 2 … */
  variant: number;
  /** What is drawn: all of the card, the scene without a word or with nothing but its label, or the words alone on nothing. */
  parts: "all" | "scene" | "labelled" | "caption";
}

const MOTIF_DRAWINGS: Record<Motif, (scene: Scene) => string> = {
  sea: drawSea,
  city: drawCity,
  forest: drawForest,
  mountains: drawMountains,
  space: drawSpace,
  robot: drawRobot,
  network: drawNetwork,
  food: drawFood,
  books: drawBooks,
  business: drawBusiness,
  garden: drawGarden,
  coffee: drawCoffee,
  waves: drawAbstract,
};
const HAS_STARS: ReadonlySet<Motif> = new Set(["space"]);
/** Where the sun or the moon stands clear of what is drawn before it. */
const HAS_HIGH_LIGHT: ReadonlySet<Motif> = new Set(["waves", "city", "garden"]);

const NEUTRAL_SHADOW = "#080a14";

/** Draws an illustrated card as SVG. The same card always gives the same characters. */
export function cardSvg(card: Card): string {
  const { width, height, topic, prompt } = card;
  const random = seededRandom(`card:${card.variant}:${topic}\n${prompt}`);
  // What a prompt says beside the topic is about style and manner, and would give a picture of something else.
  const subject = topic === "" ? prompt : topic;
  const motif = motifOf(subject);
  const palette = paletteOf(motif, random, card.variant === 0 ? subject : "");
  const horizon = height * (height > width ? 0.6 : 0.64);
  const unit = Math.min(width, height) / 1024;
  const light = {
    x: width * (0.22 + random() * 0.56),
    y: HAS_HIGH_LIGHT.has(motif) ? horizon * 0.34 : horizon - height * (0.07 + random() * 0.2),
    radius: (palette.isNight ? 62 : 96) * unit * (0.85 + random() * 0.4),
  };
  const scene: Scene = { width, height, unit, horizon, palette, random, light };
  const parts: string[] = [];
  if (card.parts !== "caption") {
    const hasStars = HAS_STARS.has(motif) || palette.isNight;
    parts.push(sky(scene), hasStars ? stars(scene) : "", sun(scene), clouds(scene));
    parts.push(MOTIF_DRAWINGS[motif](scene));
  }
  if (card.parts === "labelled") parts.push(innerLabel(scene, card.label));
  else if (card.parts !== "scene") parts.push(caption(scene, card));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${parts.join("\n")}</svg>`;
}

function sky({ width, height, palette, unit }: Scene): string {
  const colors = linearGradient("sky", [
    [0, palette.high],
    [0.36, palette.middle],
    [0.6, palette.low],
    [0.72, palette.light],
  ]);
  const glow = radialGradient("glow", [
    [0, "#ffffff", 0.75],
    [0.3, palette.light, 0.45],
    [1, palette.light, 0],
  ]);
  // Wider than usual, or the blur of a flat cloud is cut off in a straight line.
  const blur = `<filter id="blur" x="-15%" y="-150%" width="130%" height="400%"><feGaussianBlur stdDeviation="${n(10 * unit)}"/></filter>`;
  return `<defs>${colors}${glow}${blur}</defs>${rect(0, 0, width, height, `fill="url(#sky)"`)}`;
}

function stars({ width, horizon, unit, random }: Scene): string {
  return range(150)
    .map(() => {
      const size = random();
      return circle(
        random() * width,
        random() * horizon * 0.95,
        Math.max(0.5, (0.6 + size * size * 2.4) * unit),
        `fill="#ffffff" opacity="${n(0.25 + random() * 0.7)}"`,
      );
    })
    .join("");
}

function sun({ light, palette, random }: Scene): string {
  const craters = palette.isNight
    ? range(4).map(() =>
        circle(
          light.x + (random() - 0.5) * light.radius * 1.1,
          light.y + (random() - 0.5) * light.radius * 1.1,
          light.radius * (0.08 + random() * 0.14),
          `fill="${palette.low}" opacity=".22"`,
        ),
      )
    : [];
  return [
    circle(light.x, light.y, light.radius * 3.6, `fill="url(#glow)"`),
    circle(light.x, light.y, light.radius, `fill="${mix(palette.light, "#ffffff", 0.55)}"`),
    ...craters,
  ].join("");
}

function clouds({ width, height, unit, random }: Scene): string {
  return range(6)
    .map(() => {
      const y = height * (0.06 + random() * 0.34);
      const x = random() * width;
      const wide = (180 + random() * 320) * unit;
      return `<g opacity="${n(0.1 + random() * 0.2)}" fill="#ffffff" filter="url(#blur)">${ellipse(x, y, wide, wide * 0.07, "")}${ellipse(x + wide * 0.3, y - wide * 0.05, wide * 0.5, wide * 0.08, "")}</g>`;
    })
    .join("");
}

/** The label so far from the edges that a film which moves over the picture does not cut it. */
function innerLabel({ width, height, unit }: Scene, label: string): string {
  const size = Math.min(20 * unit, width / 30);
  return `<text x="${n(width * 0.91)}" y="${n(height * 0.91)}" text-anchor="end" font-family="Inter" font-weight="500" font-size="${n(size)}" fill="#ffffff" fill-opacity=".78">${xmlText(label)}</text>`;
}

function caption({ width, height, unit, palette }: Scene, card: Card): string {
  const pad = Math.min(64 * unit, width * 0.07);
  const largest = (height > width ? 88 : width > height ? 92 : 84) * unit;
  const labelSize = Math.min(20 * unit, (width - 2 * pad) / 24);
  const bottom = height - (height > width * 1.2 ? height * 0.08 : pad + 44 * unit);
  const shown = titleTextOf(card.topic === "" ? card.prompt : card.topic);
  const title = fitTitle(shown?.text ?? "", {
    width: width - 2 * pad,
    height: height * 0.4,
    largest,
    smallest: largest * 0.42,
    maxLines: 3,
  });
  const lineHeight = title.size * 1.1;
  const top = bottom - title.lines.length * lineHeight;
  const lines = title.lines.map(
    (text, index) =>
      `<text x="${n(pad)}" y="${n(top + title.size * 0.92 + index * lineHeight)}" font-family="${shown?.family}" font-weight="${shown?.family === "Inter" ? 500 : 700}" font-size="${n(title.size)}" fill="#fffaf0">${xmlText(text)}</text>`,
  );
  // Words alone are laid over scenes of other palettes.
  const shadow = card.parts === "caption" ? NEUTRAL_SHADOW : palette.dark;
  const veil = linearGradient("veil", [
    [0, shadow, 0],
    [0.5, shadow, 0.62],
    [1, shadow, 0.94],
  ]);
  return [
    `<defs>${veil}</defs>`,
    rect(0, top - 240 * unit, width, height - top + 240 * unit, `fill="url(#veil)"`),
    title.lines.length > 0 ? rect(pad, top - 26 * unit, 74 * unit, 5 * unit, `fill="${palette.accent}"`) : "",
    ...lines,
    `<text x="${n(width - pad)}" y="${n(height - 28 * unit)}" text-anchor="end" font-family="Inter" font-weight="500" font-size="${n(labelSize)}" fill="#ffffff" fill-opacity=".78">${xmlText(card.label)}</text>`,
  ].join("");
}
