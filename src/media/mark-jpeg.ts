import type { Carrier } from "./mark-file.ts";

const MAX_SEGMENTS = 1_000;
/** The length of a segment is written in two bytes, which it counts itself. */
const MAX_SEGMENT_BYTES = 65_535;
const XMP_HEAD = Buffer.from("http://ns.adobe.com/xap/1.0/\0", "latin1");
const EXTENDED_XMP = "http://ns.adobe.com/xmp/extension/\0";
const MARKERS = { app0: 0xe0, app1: 0xe1, app11: 0xeb, startOfScan: 0xda };

/**
 * Puts XMP into a JPEG as a segment APP1 (XMP part 3, 1.1.3), behind JFIF and Exif, which readers look for first. A file
 * with a C2PA manifest (JUMBF in APP11) is left alone.
 */
export const markJpeg: Carrier = async (file, mark) => {
  let at = 2;
  let insertAt = at;
  let found: { at: number; bytes: number; xmp: string } | null = null;
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    const head = await file.read(at, 4);
    if (head.length < 4 || head[0] !== 0xff) return null;
    const marker = head[1];
    if (marker === MARKERS.startOfScan) break;
    const bytes = head.readUInt16BE(2) + 2;
    const content = await file.read(at + 4, bytes - 4);
    const isExif = marker === MARKERS.app1 && content.toString("latin1", 0, 4) === "Exif";
    if (marker === MARKERS.app11 && content.toString("latin1", 0, 2) === "JP") return null;
    if (marker === MARKERS.app1 && content.toString("latin1", 0, EXTENDED_XMP.length) === EXTENDED_XMP)
      return null;
    if (marker === MARKERS.app1 && content.subarray(0, XMP_HEAD.length).equals(XMP_HEAD)) {
      found = { at, bytes, xmp: content.toString("utf8", XMP_HEAD.length) };
    }
    at += bytes;
    if (marker === MARKERS.app0 || isExif) insertAt = at;
  }
  const xmp = mark(found?.xmp ?? null);
  const segment = xmp === null ? null : xmpSegment(xmp);
  if (segment === null) return null;
  return [{ at: found?.at ?? insertAt, remove: found?.bytes ?? 0, insert: segment }];
};

function xmpSegment(xmp: string): Buffer | null {
  const content = Buffer.concat([XMP_HEAD, Buffer.from(xmp)]);
  if (content.length + 2 > MAX_SEGMENT_BYTES) return null;
  const head = Buffer.from([0xff, MARKERS.app1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}
