import type { Palette } from "./palettes.ts";
import type { Random } from "./seeded-random.ts";

/** What a motif needs to draw itself: the canvas in pixels, its colours and its dice. */
export interface Scene {
  width: number;
  height: number;
  /** A thousandth and a bit of the short side: lengths are written as if the short side were 1024. */
  unit: number;
  /** Where land meets sky, from the top. */
  horizon: number;
  palette: Palette;
  random: Random;
  /** The sun or the moon, which a motif may want to reflect or avoid. */
  light: { x: number; y: number; radius: number };
}

/** A number as SVG takes it; few digits keep files small and equal on every machine. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Between two `#rrggbb` colours; `share` 0 is the first. */
export function mix(first: string, second: string, share: number): string {
  const mixed = [1, 3, 5].map((at) => {
    const from = channelOf(first, at);
    return Math.round(from + (channelOf(second, at) - from) * share)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

function channelOf(color: string, at: number): number {
  return Number.parseInt(color.slice(at, at + 2), 16);
}

export function circle(x: number, y: number, radius: number, attributes: string): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" ${attributes}/>`;
}

export function ellipse(x: number, y: number, radiusX: number, radiusY: number, attributes: string): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(radiusX)}" ry="${n(radiusY)}" ${attributes}/>`;
}

export function rect(x: number, y: number, width: number, height: number, attributes: string): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ${attributes}/>`;
}

/** @param coordinates x and y of each corner in turn. */
export function polygon(attributes: string, ...coordinates: number[]): string {
  return `<path d="M${coordinates.map(n).join(" ")}Z" ${attributes}/>`;
}

/** @param coordinates x and y of each point in turn. */
export function line(attributes: string, ...coordinates: number[]): string {
  return `<path d="M${coordinates.map(n).join(" ")}" fill="none" ${attributes}/>`;
}

/** Puts a drawing made around 0,0 in lengths of 1 at a place of the card. */
export function placed(x: number, y: number, size: number, drawing: string): string {
  return `<g transform="translate(${n(x)} ${n(y)}) scale(${n(size)})">${drawing}</g>`;
}

/** A gradient from top to bottom, or along `direction`. */
export function linearGradient(
  id: string,
  stops: [offset: number, color: string, opacity?: number][],
  direction = 'x1="0" y1="0" x2="0" y2="1"',
): string {
  return `<linearGradient id="${id}" ${direction}>${stopsOf(stops)}</linearGradient>`;
}

export function radialGradient(
  id: string,
  stops: [offset: number, color: string, opacity?: number][],
  placement = "",
): string {
  return `<radialGradient id="${id}" ${placement}>${stopsOf(stops)}</radialGradient>`;
}

function stopsOf(stops: [offset: number, color: string, opacity?: number][]): string {
  return stops
    .map(
      ([offset, color, opacity]) =>
        `<stop offset="${offset}" stop-color="${color}"${opacity === undefined ? "" : ` stop-opacity="${opacity}"`}/>`,
    )
    .join("");
}

/** A soft rolling line, filled down to the foot of the card. */
export function ridge(
  scene: Scene,
  options: { top: number; swing: number; bends: number; fill: string },
): string {
  const { width, height, random } = scene;
  const tones = Array.from({ length: 5 }, () => ({
    phase: random() * Math.PI * 2,
    bends: 0.6 + random() * options.bends,
    weight: random(),
  }));
  const points = Array.from({ length: 81 }, (_, index): [number, number] => {
    const share = index / 80;
    const rise = tones.reduce(
      (sum, tone) =>
        sum + (Math.sin(tone.phase + share * tone.bends * Math.PI * 2) * tone.weight) / tone.bends,
      0,
    );
    return [share * width, options.top - rise * options.swing];
  });
  return polygon(`fill="${options.fill}"`, 0, height, ...points.flat(), width, height);
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
