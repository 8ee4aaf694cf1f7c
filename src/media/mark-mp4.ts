import type { Carrier } from "./mark-file.ts";
import type { ByteSource, Splice } from "./spliced-file.ts";

interface Box {
  type: string;
  at: number;
  /** Of all of it. */
  bytes: number;
  headBytes: number;
}

const MAX_BOXES = 10_000;
/** Extended types of boxes `uuid`: XMP (part 3, 1.2.7) and C2PA (technical specification, BMFF). */
const XMP_UUID = "be7acfcb97a942e89c71999491e3afac";
const C2PA_UUID = "d8fec3d61b0e483c92975828877ec481";

/**
 * Puts XMP into an MP4, M4A or MOV as a box behind everything else, so that no place in the file that `moov` names moves.
 * Left alone: a file with a C2PA manifest, with XMP in front of its sound or pictures, or damaged.
 */
export const markMp4: Carrier = async (file, mark) => {
  const boxes = await boxesIn(file, 0, file.size);
  if (boxes?.[0]?.type !== "ftyp" || !boxes.some(({ type }) => type === "moov")) return null;
  let found: Box | null = null;
  for (const box of boxes.filter(({ type }) => type === "uuid")) {
    const uuid = (await file.read(box.at + box.headBytes, 16)).toString("hex");
    if (uuid === C2PA_UUID) return null;
    if (uuid === XMP_UUID) found = box;
  }
  if (found) return await replaced(file, { box: found, boxes, mark });
  if (await hasQuickTimeXmp(file, boxes)) return null;
  const xmp = mark(null);
  if (xmp === null) return null;
  // The index of a fragmented file is found from the end of the file, so it stays there.
  const last = boxes.at(-1);
  const at = last?.type === "mfra" ? last.at : file.size;
  return [{ at, remove: 0, insert: xmpBox(xmp) }];
};

async function replaced(
  file: ByteSource,
  { box, boxes, mark }: { box: Box; boxes: Box[]; mark: Parameters<Carrier>[1] },
): Promise<Splice[] | null> {
  const isBehind = boxes.every(({ type, at }) => at <= box.at || (type !== "mdat" && type !== "moof"));
  if (!isBehind) return null;
  const from = box.headBytes + 16;
  const xmp = mark((await file.read(box.at + from, box.bytes - from)).toString("utf8"));
  return xmp === null ? null : [{ at: box.at, remove: box.bytes, insert: xmpBox(xmp) }];
}

/** Whether `moov/udta` holds XMP, as QuickTime writes it. */
async function hasQuickTimeXmp(file: ByteSource, boxes: Box[]): Promise<boolean> {
  const inside = async (parents: Box[], type: string): Promise<Box[]> => {
    const children = await Promise.all(
      parents.map(({ at, bytes, headBytes }) => boxesIn(file, at + headBytes, at + bytes)),
    );
    return children.flatMap((found) => found ?? []).filter((box) => box.type === type);
  };
  const moov = boxes.filter(({ type }) => type === "moov");
  return (await inside(await inside(moov, "udta"), "XMP_")).length > 0;
}

/** The boxes between two places; null where their lengths do not add up, or the last has none (it could not be followed). */
async function boxesIn(file: ByteSource, from: number, to: number): Promise<Box[] | null> {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const head = await file.read(at, 16);
    if (head.length < 8 || boxes.length === MAX_BOXES) return null;
    const short = head.readUInt32BE(0);
    if (short === 1 && head.length < 16) return null;
    const headBytes = short === 1 ? 16 : 8;
    const bytes = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    if (bytes < headBytes || at + bytes > to) return null;
    boxes.push({ type: head.toString("latin1", 4, 8), at, bytes, headBytes });
    at += bytes;
  }
  const last = boxes.at(-1);
  return last && last.at + last.bytes !== to && from === 0 ? null : boxes;
}

function xmpBox(xmp: string): Buffer {
  const content = Buffer.concat([Buffer.from(XMP_UUID, "hex"), Buffer.from(xmp)]);
  const head = Buffer.from("\0\0\0\0uuid", "latin1");
  head.writeUInt32BE(content.length + head.length, 0);
  return Buffer.concat([head, content]);
}
