import type { Caption } from "./captions.ts";

/** SubRip, as players read it: numbered captions, times with a comma, UTF-8. */
export function writeSrt(captions: readonly Caption[]): string {
  return captions
    .map(({ start, end, lines }, index) => {
      const times = `${clock(start, ",")} --> ${clock(end, ",")}`;
      return `${index + 1}\n${times}\n${lines.map(withoutCommands).join("\n")}\n`;
    })
    .join("\n");
}

/** WebVTT. Source: https://www.w3.org/TR/webvtt1/ */
export function writeVtt(captions: readonly Caption[]): string {
  const cues = captions.map(({ start, end, lines }, index) => {
    const times = `${clock(start, ".")} --> ${clock(end, ".")}`;
    return `${index + 1}\n${times}\n${lines.map(escaped).join("\n")}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** SubRip has no escapes: an invisible joiner keeps `<b>`, `{\an8}` and `-->` from being taken for what they are not. */
function withoutCommands(text: string): string {
  return text.replace(/<(?=[/\p{L}])|\{(?=\\)|--(?=>)/gu, "$&\u2060");
}

/** Hours, minutes, seconds and thousandths. */
function clock(seconds: number, mark: string): string {
  const whole = Math.round(seconds * 1_000);
  const part = (unit: number, size: number): string =>
    String(Math.floor(whole / unit) % size).padStart(2, "0");
  const hours = String(Math.floor(whole / 3_600_000)).padStart(2, "0");
  return `${hours}:${part(60_000, 60)}:${part(1_000, 60)}${mark}${String(whole % 1_000).padStart(3, "0")}`;
}
