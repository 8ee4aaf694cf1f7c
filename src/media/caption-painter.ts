import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { Caption, LineShape } from "./caption-layout.ts";
import type { FrameSize } from "./ken-burns.ts";
import { type Layer, layerOf } from "./yuv.ts";

type Pen = ReturnType<Canvas["getContext"]>;

/** Parts of the frame that hold no words. */
interface Margins {
  top: number;
  bottom: number;
  side: number;
}

/**
 * Players of vertical films cover the top with their search, the bottom with title and buttons, and the right with a column of
 * buttons. Meta asks for 14 % at the top, 35 % at the bottom and 6 % at the sides to be left free (Ads Guide, Reels); the
 * column of YouTube and TikTok takes up to 18 % of the width, kept free on both sides because words stand in the middle.
 * Others keep a tenth, as broadcasters do (EBU R 95: 5 % for graphics, and as much again for controls).
 */
export function marginsOf({ width, height }: FrameSize): Margins {
  return height > width ? { top: 0.15, bottom: 0.35, side: 0.18 } : { top: 0.1, bottom: 0.1, side: 0.1 };
}

/** The size of letters for frames that stand, are square, or lie: as large as a phone needs. */
function letterSize({ width, height }: FrameSize): number {
  if (height > width) return width * 0.072;
  return height === width ? width * 0.062 : height * 0.062;
}

const LINE_HEIGHT = 1.34;
const WHITE = "#ffffff";
const DARK = "#10131c";
const ACTIVE = "#ffd84d";
const OUTLINE = "rgba(8, 10, 20, 0.92)";

export interface CaptionStyle {
  frame: FrameSize;
  /** As `font` of a canvas names them. */
  families: string;
}

/** What the layout needs to know of the letters. */
export function lineShapeOf({ frame, families }: CaptionStyle): LineShape {
  const size = letterSize(frame);
  const pen = createCanvas(1, 1).getContext("2d");
  setFont(pen, size, families);
  return {
    width: Math.floor(frame.width * (1 - marginsOf(frame).side * 2)) - padding(size) * 2,
    space: size * 0.42,
    measure: (text) => pen.measureText(text).width,
  };
}

/** Extra bold, also of fonts that come in all weights. */
function setFont(pen: Pen, size: number, families: string): void {
  pen.font = `800 ${size}px ${families}`;
  pen.fontVariationSettings = "'wght' 800";
}

/** Around words: the outline, and what is behind the word that is heard. */
function padding(size: number): number {
  return Math.ceil(size * 0.2);
}

/**
 * A caption at the foot of the part of the frame that stays free.
 * @param active index of the word that is heard; null: none stands out.
 */
export function captionLayer(caption: Caption, active: number | null, style: CaptionStyle): Layer {
  const { frame, families } = style;
  const size = letterSize(frame) * caption.scale;
  const shape = lineShapeOf(style);
  const around = padding(letterSize(frame));
  const lineHeight = size * LINE_HEIGHT;
  const canvas = createCanvas(even(shape.width + around * 2), even(lineHeight * caption.lines + around * 2));
  const pen = canvas.getContext("2d");
  setFont(pen, size, families);
  pen.textBaseline = "alphabetic";
  pen.lineJoin = "round";
  pen.direction = caption.isRightToLeft ? "rtl" : "ltr";
  pen.textAlign = "left";
  const placeOf = ({ x, line }: Caption["pieces"][number]) => ({
    x: around + x,
    y: around + lineHeight * line + size * 1.02,
  });
  // What is behind the word that is heard must not cover its neighbors.
  for (const piece of caption.pieces) {
    if (piece.word === active) drawMark(pen, { ...placeOf(piece), width: piece.width, size });
  }
  for (const piece of caption.pieces) {
    drawWord(pen, piece.text, { ...placeOf(piece), size, isActive: piece.word === active });
  }
  const margins = marginsOf(frame);
  return layerOf(
    { width: canvas.width, height: canvas.height, bytes: canvas.data() },
    {
      x: even((frame.width - canvas.width) / 2 - 1),
      y: even(frame.height * (1 - margins.bottom) - canvas.height - 1),
    },
  );
}

function drawMark(
  pen: Pen,
  { x, y, width, size }: { x: number; y: number; width: number; size: number },
): void {
  pen.fillStyle = ACTIVE;
  pen.beginPath();
  pen.roundRect(x - size * 0.16, y - size * 0.96, width + size * 0.32, size * 1.26, size * 0.22);
  pen.fill();
}

function drawWord(
  pen: Pen,
  text: string,
  { x, y, size, isActive }: { x: number; y: number; size: number; isActive: boolean },
): void {
  if (!isActive) {
    pen.strokeStyle = OUTLINE;
    pen.lineWidth = size * 0.16;
    pen.strokeText(text, x, y);
  }
  pen.fillStyle = isActive ? DARK : WHITE;
  pen.fillText(text, x, y);
}

const MAX_TITLE_LINES = 4;

/** The title, over a shade that makes it stand out, at the top of the part of the frame that stays free. */
export function titleLayer(title: string, { frame, families }: CaptionStyle): Layer {
  const canvas = createCanvas(frame.width, even(frame.height * 0.6));
  const pen = canvas.getContext("2d");
  const top = frame.height * marginsOf(frame).top;
  const shade = pen.createLinearGradient(0, 0, 0, canvas.height);
  shade.addColorStop(0, "rgba(8, 10, 20, 0.62)");
  shade.addColorStop(0.6, "rgba(8, 10, 20, 0.42)");
  shade.addColorStop(1, "rgba(8, 10, 20, 0)");
  pen.fillStyle = shade;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const { lines, size, width } = fittedTitle(pen, title, { frame, families });
  setFont(pen, size, families);
  pen.textAlign = "center";
  pen.fillStyle = WHITE;
  for (const [index, line] of lines.entries())
    pen.fillText(line, frame.width / 2, top + size * 1.18 * (index + 0.85), width);
  return layerOf({ width: canvas.width, height: canvas.height, bytes: canvas.data() }, { x: 0, y: 0 });
}

/** As large as four lines allow; what even small letters cannot hold is left out, and an ellipsis says so. */
export function fittedTitle(
  pen: Pen,
  title: string,
  { frame, families }: CaptionStyle,
): { lines: string[]; size: number; width: number } {
  const width = frame.width * (1 - marginsOf(frame).side * 2);
  const largest = letterSize(frame) * 1.35;
  for (let size = largest; ; size *= 0.9) {
    setFont(pen, size, families);
    const lines = wrapped(pen, title, width);
    const isFitting =
      lines.length <= MAX_TITLE_LINES && lines.every((line) => pen.measureText(line).width <= width);
    if (isFitting) return { lines, size, width };
    if (size < largest / 2) return { lines: cutLines(pen, lines, width), size, width };
  }
}

/** As many lines as are shown; the last loses words until the ellipsis fits. */
function cutLines(pen: Pen, lines: string[], width: number): string[] {
  if (lines.length <= MAX_TITLE_LINES) return lines;
  const shown = lines.slice(0, MAX_TITLE_LINES);
  let last = shown.pop() ?? "";
  const ended = (): string => `${last.replace(/[\s\p{P}]+$/u, "")}…`;
  while (last.includes(" ") && pen.measureText(ended()).width > width) last = last.replace(/ [^ ]*$/, "");
  return [...shown, ended()];
}

function wrapped(pen: Pen, text: string, width: number): string[] {
  const lines: string[] = [];
  // A mark that French sets apart stays with its word.
  for (const word of text.split(/(?<![«\s])[ \t\r\n]+(?![\s;:!?»])/).filter((part) => part.trim() !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && pen.measureText(`${last} ${word}`).width <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}
