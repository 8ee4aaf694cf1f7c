import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// This file draws text of others, so only workers that `runInChild` starts may import it.

/** A piece of a frame, in part see-through: at an even place, with even sides. */
export interface DrawnCaption {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Red, green, blue (already multiplied by opacity) and opacity, in rows from the top. */
  pixels: Uint8Array;
}

const require = createRequire(import.meta.url);

/** A sign is drawn with the first of these that has it. */
const CAPTION_FONTS = [
  { package: "inter", file: "700Bold/Inter_700Bold.ttf" },
  { package: "noto-sans-arabic", file: "700Bold/NotoSansArabic_700Bold.ttf" },
  { package: "noto-sans-sc", file: "700Bold/NotoSansSC_700Bold.ttf" },
  { package: "noto-color-emoji", file: "400Regular/NotoColorEmoji_400Regular.ttf" },
];

function familyOf(font: { package: string }): string {
  return `Captions ${font.package}`;
}

/** Registers the fonts of captions; needed once in a process. */
export function loadCaptionFonts(): void {
  for (const font of CAPTION_FONTS) {
    const folder = dirname(require.resolve(`@expo-google-fonts/${font.package}/package.json`));
    GlobalFonts.registerFromPath(join(folder, font.file), familyOf(font));
  }
}

const FAMILIES = CAPTION_FONTS.map((font) => `"${familyOf(font)}"`).join(", ");
/** Of the height of a wide frame and of the width of a tall one. */
const SIZE_BY_HEIGHT = 0.058;
const SIZE_BY_WIDTH = 0.062;
/** Of the height, below the captions: in a tall frame, players put their buttons there. */
const MARGIN_WIDE = 0.06;
const MARGIN_TALL = 0.22;
const WIDEST = 0.92;
const LINE_HEIGHT = 1.28;

/**
 * Draws lines of text for the foot of a frame: white with a dark edge, each in the middle, smaller where a line would not
 * fit. Right-to-left scripts are written as they are read.
 */
export function drawCaption(
  lines: readonly string[],
  frame: { width: number; height: number },
): DrawnCaption {
  const isTall = frame.height > frame.width;
  const usual = isTall ? frame.width * SIZE_BY_WIDTH : frame.height * SIZE_BY_HEIGHT;
  const ruler = createCanvas(8, 8).getContext("2d");
  ruler.font = fontOf(usual);
  const widest = Math.max(1, ...lines.map((line) => ruler.measureText(line).width));
  const size = usual * Math.min(1, (frame.width * WIDEST - usual) / widest);
  const edge = size * 0.14;
  const width = Math.min(even(frame.width), even((widest * size) / usual + 4 * edge));
  const height = Math.min(even(frame.height), even(lines.length * size * LINE_HEIGHT + 3 * edge));
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.font = fontOf(size);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 2 * edge;
  for (const [index, line] of lines.entries()) {
    drawLine(pen, line, { x: width / 2, y: 1.5 * edge + (index + 0.5) * size * LINE_HEIGHT });
  }
  const margin = frame.height * (isTall ? MARGIN_TALL : MARGIN_WIDE);
  const x = evenBelow((frame.width - width) / 2);
  const y = Math.max(0, evenBelow(frame.height - margin - height));
  return { x, y, width, height, pixels: canvas.data() };
}

function drawLine(pen: SKRSContext2D, line: string, { x, y }: { x: number; y: number }): void {
  pen.direction = isRightToLeft(line) ? "rtl" : "ltr";
  pen.strokeStyle = "rgba(0, 0, 0, 0.85)";
  pen.strokeText(line, x, y);
  pen.fillStyle = "#ffffff";
  pen.fillText(line, x, y);
}

/** By the first sign that has a direction of its own. */
function isRightToLeft(line: string): boolean {
  const first = /[\p{L}]/u.exec(line)?.[0] ?? "";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}

function fontOf(size: number): string {
  return `700 ${size.toFixed(2)}px ${FAMILIES}`;
}

function even(value: number): number {
  return Math.ceil(value / 2) * 2;
}

function evenBelow(value: number): number {
  return Math.floor(value / 2) * 2;
}
