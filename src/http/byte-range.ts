/** A part of a file, both ends inclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The part that a `Range` header asks for. Null: the whole file, also where the header is one that may be ignored
 * (another unit, several ranges, not a range at all; RFC 9110, 14.2). `unsatisfiable`: nothing of it is in the file.
 */
export function parseRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | null {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? "");
  if (!match) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? "unsatisfiable" : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? bytes - 1 : Number(last);
  if (last !== "" && end < start) return null;
  return start >= bytes ? "unsatisfiable" : { start, end: Math.min(end, bytes - 1) };
}
