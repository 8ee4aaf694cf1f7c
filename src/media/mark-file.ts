import { markJpeg } from "./mark-jpeg.ts";
import { markMp3 } from "./mark-mp3.ts";
import { markMp4 } from "./mark-mp4.ts";
import { markPdf } from "./mark-pdf.ts";
import { markPng } from "./mark-png.ts";
import { markWav, markWebp } from "./mark-riff.ts";
import { xmpPacket, xmpWithSource, type Provenance } from "./provenance.ts";
import { readPieces, splice, type ByteSource, type Splice } from "./spliced-file.ts";

/**
 * Works out where XMP goes in one format. `mark` is handed the XMP that is there, or null, and gives what takes its place;
 * null: nothing is to change. The carrier gives null too where the file is to be left as it is.
 */
export type Carrier = (
  file: ByteSource,
  mark: (existing: string | null) => string | null,
  provenance: Provenance,
) => Promise<Splice[] | null>;

const CARRIERS: Record<string, Carrier> = {
  "image/png": markPng,
  "image/jpeg": markJpeg,
  "image/webp": markWebp,
  "audio/wav": markWav,
  "audio/x-wav": markWav,
  "audio/mpeg": markMp3,
  "audio/mp4": markMp4,
  "audio/x-m4a": markMp4,
  "video/mp4": markMp4,
  "video/quicktime": markMp4,
  "application/pdf": markPdf,
};

/**
 * Writes into a file how it was made, without encoding it anew. A file of a format without a place for it, one that is
 * damaged, one that says so already and one that carries a C2PA manifest stay as they are. On disk the file keeps its path;
 * it is changed whole or not at all, and never read into memory.
 */
export async function markFile<Content extends { bytes: Uint8Array } | { path: string }>(
  content: Content,
  mediaType: string,
  provenance: Provenance,
): Promise<Content | { bytes: Uint8Array } | { path: string }> {
  const carrier = CARRIERS[mediaType];
  if (!carrier) return content;
  const mark = (existing: string | null): string | null =>
    existing === null ? xmpPacket(provenance) : xmpWithSource(existing, provenance);
  const splices = await readPieces(content, (file) => carrier(file, mark, provenance));
  return splices === null ? content : await splice(content, splices);
}
