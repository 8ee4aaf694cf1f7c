import { createHash } from "node:crypto";
import { createCanvas, GlobalFonts, loadImage, type SKRSContext2D } from "@napi-rs/canvas";
import { PAGE_SIZES } from "./book.ts";
import { TEXT_FONTS, type FontFile } from "./book-fonts.ts";
import { openPicture, type BookPicture } from "./book-pictures.ts";
import type { Manuscript } from "./manuscript.ts";

/** In pixels; the height follows from the page. */
const WIDTH = 1_400;
const MARGIN = 120;
const JPEG_QUALITY = 82;
/** Of the height; a picture keeps its upper part above the title. */
const PICTURE_SHARE = 0.64;

/** Dark grounds on which cream letters are easy to read (contrast above 9:1), with a lighter tone of each. */
const GROUNDS = [
  { ground: "#1d2b3a", tone: "#33506b" },
  { ground: "#2e2438", tone: "#54405f" },
  { ground: "#1f3330", tone: "#37605a" },
  { ground: "#3a2226", tone: "#6b3d43" },
  { ground: "#2b2a20", tone: "#575437" },
] as const;
const CREAM = "#f7f1e3";
const ACCENT = "#d9a441";

export interface CoverRequest {
  manuscript: Manuscript;
  picturePath: string | null;
  /** Whether title and author are set on the picture; without a picture they always are. */
  hasTitle: boolean;
  fonts: FontFile[];
}

/** Draws the cover in the shape of the page: the picture above, title and author on a ground that suits it. */
export async function drawCover(request: CoverRequest): Promise<BookPicture> {
  const { manuscript, picturePath, hasTitle } = request;
  const { widthMm, heightMm } = PAGE_SIZES[manuscript.pageSize];
  const height = Math.round((WIDTH * heightMm) / widthMm);
  if (picturePath !== null && !hasTitle) return fullPicture(picturePath, height);
  for (const font of [...TEXT_FONTS, ...request.fonts]) GlobalFonts.registerFromPath(font.path, font.family);
  const canvas = createCanvas(WIDTH, height);
  const context = canvas.getContext("2d");
  const families = [TEXT_FONTS[0].family, ...request.fonts.map((font) => font.family)];
  const drawing: Drawing = { context, families, height };
  if (picturePath === null) drawPlainCover(drawing, manuscript);
  else await drawPictureCover(drawing, manuscript, picturePath);
  return { jpeg: new Uint8Array(canvas.toBuffer("image/jpeg", JPEG_QUALITY)), width: WIDTH, height };
}

interface Drawing {
  context: SKRSContext2D;
  families: string[];
  height: number;
}

async function fullPicture(path: string, height: number): Promise<BookPicture> {
  const picture = await openPicture(path);
  const jpeg = await picture
    .resize({ width: WIDTH, height, fit: "cover", position: "centre" })
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toBuffer();
  return { jpeg: new Uint8Array(jpeg), width: WIDTH, height };
}

async function drawPictureCover(drawing: Drawing, manuscript: Manuscript, path: string): Promise<void> {
  const { context, height } = drawing;
  const pictureHeight = Math.round(height * PICTURE_SHARE);
  const picture = await openPicture(path);
  const scaled = picture.resize({ width: WIDTH, height: pictureHeight, fit: "cover", position: "top" });
  const { dominant } = await scaled.clone().stats();
  const ground = darkened(dominant);
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH, height);
  context.drawImage(await loadImage(await scaled.png().toBuffer()), 0, 0);
  context.fillStyle = ACCENT;
  context.fillRect(0, pictureHeight, WIDTH, 10);
  drawTitles(drawing, manuscript, { top: pictureHeight + 90, bottom: height - 110 });
}

/** The same hue, dark enough for cream letters. */
function darkened({ r, g, b }: { r: number; g: number; b: number }): string {
  const luminance = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  const factor = luminance > 0.16 ? 0.16 / luminance : 1;
  return `rgb(${[r, g, b].map((part) => Math.round(part * factor)).join(",")})`;
}

/** Rings that rise behind the title; which colors and where depends on the title, so that a shelf of books is not uniform. */
function drawPlainCover(drawing: Drawing, manuscript: Manuscript): void {
  const { context, height } = drawing;
  const [first = 0, second = 0, third = 0] = createHash("sha256").update(manuscript.title).digest();
  const { ground, tone } = GROUNDS[first % GROUNDS.length] ?? GROUNDS[0];
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH, height);
  const center = { x: WIDTH * (0.25 + (second / 255) * 0.5), y: height * (0.16 + (third / 255) * 0.12) };
  context.strokeStyle = tone;
  for (let ring = 1; ring <= 9; ring += 1) {
    context.lineWidth = 3 + ring;
    context.beginPath();
    context.arc(center.x, center.y, ring * 92, 0, Math.PI * 2);
    context.stroke();
  }
  context.fillStyle = ACCENT;
  context.beginPath();
  context.arc(center.x, center.y, 42, 0, Math.PI * 2);
  context.fill();
  drawTitles(drawing, manuscript, { top: height * 0.5, bottom: height - 150 });
}

interface Band {
  top: number;
  bottom: number;
}

/** Title and subtitle from the top of the band, the author at its bottom. The title shrinks until it fits. */
function drawTitles({ context, families }: Drawing, manuscript: Manuscript, band: Band): void {
  const font = (weight: 400 | 700, size: number): string =>
    `${weight} ${size}px ${families.map((family) => `"${family}"`).join(", ")}`;
  const width = WIDTH - 2 * MARGIN;
  const space = band.bottom - band.top - (manuscript.author === "" ? 0 : 110);
  context.textBaseline = "top";
  const fit = [128, 112, 98, 86, 74, 64, 54, 46].map((size) => {
    context.font = font(700, size);
    const title = measured(context, wrapped(context, manuscript.title, width), size * 1.16);
    const small = Math.max(38, Math.round(size * 0.46));
    context.font = font(400, small);
    const subtitle = measured(context, wrapped(context, manuscript.subtitle, width), small * 1.35);
    const height = [...title, ...subtitle].reduce((sum, line) => sum + line.height, 30);
    return { size, title, small, subtitle, height };
  });
  const chosen = fit.find((one) => one.height <= space && one.title.length <= 4) ?? fit.at(-1);
  if (chosen === undefined) return;
  context.fillStyle = CREAM;
  let y = band.top;
  const write = (lines: Line[], weight: 400 | 700, size: number): void => {
    context.font = font(weight, size);
    for (const line of lines) {
      if (y + size > band.bottom) return;
      context.fillText(line.text, MARGIN, y);
      y += line.height;
    }
  };
  write(chosen.title, 700, chosen.size);
  y += 30;
  write(chosen.subtitle, 400, chosen.small);
  context.font = font(400, 44);
  const [author = ""] = wrapped(context, manuscript.author, width);
  context.textBaseline = "bottom";
  context.fillText(author, MARGIN, band.bottom);
}

interface Line {
  text: string;
  height: number;
}

/** Lines of the usual height, or of more where their letters reach further down, as those of Arabic do. */
function measured(context: SKRSContext2D, lines: string[], usualHeight: number): Line[] {
  return lines.map((text) => ({
    text,
    height: Math.max(usualHeight, context.measureText(text).actualBoundingBoxDescent),
  }));
}

/** Lines no wider than `width`; a word that is wider alone is cut. */
function wrapped(context: SKRSContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const fits = (candidate: string): boolean => context.measureText(candidate).width <= width;
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (fits(longer)) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = "";
      for (const character of word) {
        if (line !== "" && !fits(line + character)) {
          lines.push(line);
          line = "";
        }
        line += character;
      }
    }
  }
  return line === "" ? lines : [...lines, line];
}
