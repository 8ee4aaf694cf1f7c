import { readFileSync } from "node:fs";

/** Says whether a font has a glyph of its own for a character, given as its code point. */
export type Coverage = (codePoint: number) => boolean;

/**
 * Reads which characters a TrueType or OpenType file can draw, from its `cmap` table (subtables of format 4 and 12, which
 * hold the Unicode characters of every current font). A file that holds neither covers nothing.
 */
export function readCoverage(file: string): Coverage {
  const bytes = readFileSync(file);
  const coverages = subtablesOf(bytes).flatMap((at) => {
    const format = bytes.readUInt16BE(at);
    if (format === 4) return [segmentCoverage(bytes, at)];
    return format === 12 ? [groupCoverage(bytes, at)] : [];
  });
  return (codePoint) => coverages.some((covers) => covers(codePoint));
}

/** Where the Unicode subtables of `cmap` begin. */
function subtablesOf(bytes: Buffer): number[] {
  const tableCount = bytes.readUInt16BE(4);
  for (let index = 0; index < tableCount; index += 1) {
    const record = 12 + index * 16;
    if (bytes.toString("latin1", record, record + 4) !== "cmap") continue;
    const cmap = bytes.readUInt32BE(record + 8);
    const encodingCount = bytes.readUInt16BE(cmap + 2);
    return Array.from({ length: encodingCount }, (_, at) => cmap + 4 + at * 8)
      .filter((encoding) => isUnicode(bytes.readUInt16BE(encoding), bytes.readUInt16BE(encoding + 2)))
      .map((encoding) => cmap + bytes.readUInt32BE(encoding + 4));
  }
  return [];
}

function isUnicode(platform: number, encoding: number): boolean {
  return platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10));
}

/** Format 4: segments of the Basic Multilingual Plane. */
function segmentCoverage(bytes: Buffer, at: number): Coverage {
  const doubleCount = bytes.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + doubleCount + 2;
  const deltas = starts + doubleCount;
  const offsets = deltas + doubleCount;
  return (codePoint) => {
    if (codePoint > 0xffff) return false;
    for (let segment = 0; segment < doubleCount; segment += 2) {
      if (bytes.readUInt16BE(ends + segment) < codePoint) continue;
      const start = bytes.readUInt16BE(starts + segment);
      if (start > codePoint) return false;
      const offset = bytes.readUInt16BE(offsets + segment);
      const delta = bytes.readUInt16BE(deltas + segment);
      if (offset === 0) return ((codePoint + delta) & 0xffff) !== 0;
      // The offset counts from where it stands itself.
      return bytes.readUInt16BE(offsets + segment + offset + (codePoint - start) * 2) !== 0;
    }
    return false;
  };
}

/** Format 12: groups of any plane. */
function groupCoverage(bytes: Buffer, at: number): Coverage {
  const groupCount = bytes.readUInt32BE(at + 12);
  return (codePoint) => {
    for (let index = 0; index < groupCount; index += 1) {
      const group = at + 16 + index * 12;
      const start = bytes.readUInt32BE(group);
      if (codePoint < start) return false;
      if (codePoint <= bytes.readUInt32BE(group + 4))
        return bytes.readUInt32BE(group + 8) + codePoint - start !== 0;
    }
    return false;
  };
}
