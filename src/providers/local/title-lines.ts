/** How wide a character of the title's face is, in its size; rounded up, so that what is thought to fit does. */
function widthOf(character: string): number {
  if (
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u.test(
      character,
    )
  )
    return 1.1;
  if (/[mwMW@%—…]/u.test(character)) return 0.98;
  if (/\p{Lu}/u.test(character)) return 0.8;
  if (/[ijl.,:;'’!|()[\]\s]/u.test(character)) return 0.36;
  if (/[ftr-]/u.test(character)) return 0.47;
  return 0.6;
}

export function textWidth(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + widthOf(character), 0);
}

export interface TitleRoom {
  /** Pixels. */
  width: number;
  height: number;
  largest: number;
  smallest: number;
  maxLines: number;
}

/** Breaks a title into lines and finds the largest size at which they fit; what is too long ends in `…`. */
export function fitTitle(title: string, room: TitleRoom): { lines: string[]; size: number } {
  // French puts a space before some marks, at which no line may break.
  const text = title.replace(/ (?=[:;!?»])|(?<=«) /g, "\u00a0");
  const words = text.split(" ").filter((word) => word !== "");
  for (let size = room.largest; size > room.smallest; size *= 0.92) {
    const lines = wrap(words, room.width / size);
    const fits = lines.length <= room.maxLines && lines.length * size * 1.1 <= room.height;
    if (fits && lines.every((line) => textWidth(line) * size <= room.width)) return { lines, size };
  }
  const widest = room.width / room.smallest;
  const lines = wrap(
    words.map((word) => shortened(word, widest)),
    widest,
  );
  const kept = lines.slice(
    0,
    Math.max(1, Math.min(room.maxLines, Math.floor(room.height / (room.smallest * 1.1)))),
  );
  const last = kept.length - 1;
  if (lines.length > kept.length)
    kept[last] = shortened(`${kept[last] ?? ""} ${lines[kept.length] ?? ""}`, widest, true);
  return { lines: kept, size: room.smallest };
}

/** @param widest in sizes of the face. */
function wrap(words: string[], widest: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of words) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && textWidth(longer) > widest) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return current === "" ? lines : [...lines, current];
}

function shortened(text: string, widest: number, isCut = false): string {
  if (!isCut && textWidth(text) <= widest) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join("")}…`) > widest) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

export function xmlText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
