/** Larger than any list of a thousand topics. */
export const MAX_TABLE_BYTES = 5 * 1024 * 1024;

/** The cells of a CSV file, whatever it separates them by. The reader is loaded only now. */
export async function readTableFile(file: Blob): Promise<string[][]> {
  const text = decodeTable(new Uint8Array(await file.arrayBuffer()));
  const { parse } = await import("papaparse");
  return parse<string[]>(text, { skipEmptyLines: "greedy" }).data;
}

/** The text of a file: UTF-8 or UTF-16 with or without a mark, otherwise what Excel writes on Windows. */
export function decodeTable(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    // Leaves the mark of UTF-8 out by itself.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
