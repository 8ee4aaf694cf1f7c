import type { Json } from "../workflow/values.ts";
import { firstLine, textOf } from "./given-text.ts";

/** What somebody says; `text` is empty where the script does not tell. */
export interface ScriptLine {
  speaker: string;
  text: string;
}

/** Where a file of a line stands: which line of which voice. */
export interface VoicePlace {
  voice: number;
  index: number;
}

/**
 * In which order files are heard. One list is the lines as they come. Several lists are voices that take turns: the first line of each,
 * then the second of each, and so on; a hole is where a line is missing.
 * @param counts how many lines each voice has.
 */
export function turnsOf(counts: readonly number[]): VoicePlace[] {
  const longest = Math.max(0, ...counts);
  return Array.from({ length: longest }, (_, index) =>
    counts.flatMap((count, voice) => (index < count ? [{ voice, index }] : [])),
  ).flat();
}

/**
 * The lines of a script, in their order. It is a list, or an object that holds one: of lines (`{speaker, text}`), of exchanges in which
 * every field is what one voice says (`{host, guest}`), or of plain texts.
 */
export function scriptLines(script: Json | undefined): ScriptLine[] {
  if (Array.isArray(script)) return script.flatMap(linesOf);
  if (script === null || typeof script !== "object") return [];
  const list = Object.values(script).find((value) => Array.isArray(value));
  return list === undefined ? [] : scriptLines(list);
}

function linesOf(entry: Json): ScriptLine[] {
  if (Array.isArray(entry)) return entry.flatMap(linesOf);
  if (entry === null || typeof entry !== "object") return [{ speaker: "", text: textOf(entry) }];
  const said = entry["text"] ?? entry["line"];
  if (said !== undefined) {
    const speaker = entry["speaker"] ?? entry["name"] ?? entry["voice"];
    return [{ speaker: firstLine(textOf(speaker)), text: textOf(said) }];
  }
  return Object.entries(entry).map(([speaker, text]) => ({ speaker, text: textOf(text) }));
}

/** Names for the voices, from a list or a text that parts them with commas. */
export function speakerNames(value: Json | undefined): string[] {
  const list = typeof value === "string" ? value.split(/[,;\n]/u) : Array.isArray(value) ? value : [];
  return list.map((name) => firstLine(textOf(name)));
}

export interface TimedLine extends ScriptLine {
  /** Seconds. */
  start: number;
  end: number;
}

/** A transcript in WebVTT, which players of podcasts show: who says what and when. */
export function transcriptVtt(lines: readonly TimedLine[]): string {
  const cues = lines.map(
    ({ speaker, text, start, end }) =>
      `${clock(start)} --> ${clock(end)}\n<v ${escaped(speaker).replaceAll("\n", " ")}>${escaped(text)}\n`,
  );
  return ["WEBVTT\n", ...cues].join("\n");
}

/** To be read: times in minutes and seconds. */
export function transcriptText(lines: readonly TimedLine[]): string {
  return lines
    .map(({ speaker, text, start }) => `[${clock(start).slice(0, -4)}] ${speaker}: ${text}`)
    .join("\n\n");
}

/** Cues end at empty lines, and marks begin with `<` and `&`. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/\s*\n\s*/gu, "\n");
}

function clock(seconds: number): string {
  const milliseconds = Math.round(seconds * 1_000);
  const [hours, minutes] = [milliseconds / 3_600_000, (milliseconds / 60_000) % 60];
  return `${padded(hours)}:${padded(minutes)}:${padded((milliseconds / 1_000) % 60)}.${padded(milliseconds % 1_000, 3)}`;
}

function padded(value: number, length = 2): string {
  return String(Math.floor(value)).padStart(length, "0");
}
