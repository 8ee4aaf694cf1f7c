import { open, type FileHandle } from "node:fs/promises";
import { crc32, deflateRawSync } from "node:zlib";

/** A file that goes into a ZIP: from disk as it is, or a text, which is compressed. */
export interface ZipEntry {
  /** A name without folders. */
  name: string;
  content: { path: string } | { text: string };
}

export interface ZipOptions {
  signal: AbortSignal;
  /** Between 0 and 1. */
  onProgress: (fraction: number) => void;
}

/** An entry as it stands in the file. */
interface WrittenEntry {
  name: Buffer;
  method: number;
  checksum: number;
  /** In the file. */
  bytes: number;
  /** Unpacked. */
  contentBytes: number;
  at: number;
}

// Signatures, versions and flags: PKWARE APPNOTE 6.3.10, 4.3 and 4.4.
const LOCAL_HEAD = 0x0403_4b50;
const CENTRAL_HEAD = 0x0201_4b50;
const CENTRAL_END = 0x0605_4b50;
const CENTRAL_END_64 = 0x0606_4b50;
const CENTRAL_LOCATOR_64 = 0x0706_4b50;
const STORED = 0;
const DEFLATED = 8;
const VERSION = 45;
const MADE_ON_UNIX = (3 << 8) | VERSION;
const NAMES_ARE_UTF8 = 0x0800;
/** The first day that a ZIP can name: 1 January 1980, midnight. */
const DAY_ONE = 0x0021;
const READABLE_FILE = (0o100_644 << 16) >>> 0;
const MAX_32 = 0xffff_ffff;
const MAX_16 = 0xffff;
const PIECE_BYTES = 1024 * 1024;

/** No folder, no drive, no control character, nothing that a file system reserves. */
const SAFE_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,199}$/u;

/**
 * Writes a ZIP, in the order given; ZIP64 where something in it is larger than 4 GiB. Files are read in pieces, twice, never
 * whole. The same entries give the same bytes: no date, no machine.
 * @throws RangeError for a name that is not safe to unpack, or that is there twice.
 */
export async function writeZip(
  target: string,
  entries: readonly ZipEntry[],
  { signal, onProgress }: ZipOptions,
): Promise<void> {
  const names = new Set(entries.map(({ name }) => name.toLowerCase()));
  if (names.size !== entries.length) throw new RangeError("a name is there twice");
  for (const { name } of entries) if (!SAFE_NAME.test(name)) throw new RangeError(`${name} is no safe name`);
  const file = await open(target, "wx");
  try {
    const written: WrittenEntry[] = [];
    let at = 0;
    for (const [index, entry] of entries.entries()) {
      signal.throwIfAborted();
      const done =
        "text" in entry.content
          ? await writeText(file, at, entry)
          : await writeFrom(file, at, { entry, signal });
      written.push(done.written);
      at = done.end;
      onProgress((index + 1) / entries.length);
    }
    await file.write(directory(written, at), 0, null, at);
  } finally {
    await file.close();
  }
}

interface Done {
  written: WrittenEntry;
  end: number;
}

async function writeText(file: FileHandle, at: number, { name, content }: ZipEntry): Promise<Done> {
  const plain = Buffer.from("text" in content ? content.text : "");
  const packed = deflateRawSync(plain, { level: 9 });
  const written: WrittenEntry = {
    name: Buffer.from(name),
    method: DEFLATED,
    checksum: crc32(plain),
    bytes: packed.length,
    contentBytes: plain.length,
    at,
  };
  const bytes = Buffer.concat([localHead(written), packed]);
  await file.write(bytes, 0, bytes.length, at);
  return { written, end: at + bytes.length };
}

/** Media are compressed as they are: they are stored. The checksum stands in front, so they are read once before. */
async function writeFrom(
  file: FileHandle,
  at: number,
  { entry, signal }: { entry: ZipEntry; signal: AbortSignal },
): Promise<Done> {
  const source = await open("path" in entry.content ? entry.content.path : "");
  try {
    let [checksum, bytes] = [0, 0];
    for await (const piece of piecesOf(source, signal)) {
      checksum = crc32(piece, checksum);
      bytes += piece.length;
    }
    const written = {
      name: Buffer.from(entry.name),
      method: STORED,
      checksum,
      bytes,
      contentBytes: bytes,
      at,
    };
    const head = localHead(written);
    await file.write(head, 0, head.length, at);
    let place = at + head.length;
    for await (const piece of piecesOf(source, signal)) {
      await file.write(piece, 0, piece.length, place);
      place += piece.length;
    }
    return { written, end: place };
  } finally {
    await source.close();
  }
}

async function* piecesOf(source: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let at = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(memory, 0, memory.length, at);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** What both heads of an entry say, in the same order. */
function commonFields(
  { method, checksum, bytes, contentBytes, name }: WrittenEntry,
  extraBytes: number,
): Buffer {
  return fields(
    [2, VERSION],
    [2, NAMES_ARE_UTF8],
    [2, method],
    [2, 0],
    [2, DAY_ONE],
    [4, checksum],
    [4, Math.min(bytes, MAX_32)],
    [4, Math.min(contentBytes, MAX_32)],
    [2, name.length],
    [2, extraBytes],
  );
}

function localHead(entry: WrittenEntry): Buffer {
  const isLarge = entry.bytes >= MAX_32 || entry.contentBytes >= MAX_32;
  // Here both lengths are given, or none (4.5.3).
  const extra = isLarge ? sizes64([entry.contentBytes, entry.bytes]) : Buffer.alloc(0);
  const common = isLarge ? { ...entry, bytes: MAX_32, contentBytes: MAX_32 } : entry;
  return Buffer.concat([fields([4, LOCAL_HEAD]), commonFields(common, extra.length), entry.name, extra]);
}

function centralHead(entry: WrittenEntry): Buffer {
  const large = [entry.contentBytes, entry.bytes, entry.at].filter((value) => value >= MAX_32);
  const extra = large.length > 0 ? sizes64(large) : Buffer.alloc(0);
  return Buffer.concat([
    fields([4, CENTRAL_HEAD], [2, MADE_ON_UNIX]),
    commonFields(entry, extra.length),
    fields([2, 0], [2, 0], [2, 0], [4, READABLE_FILE], [4, Math.min(entry.at, MAX_32)]),
    entry.name,
    extra,
  ]);
}

function sizes64(values: number[]): Buffer {
  return fields([2, 1], [2, values.length * 8], ...values.map((value): Field => [8, value]));
}

/** The list of entries at the end, and where it begins. */
export function directory(entries: readonly WrittenEntry[], at: number): Buffer {
  const list = Buffer.concat(entries.map(centralHead));
  const count = entries.length;
  const isLarge = count >= MAX_16 || at >= MAX_32 || list.length >= MAX_32;
  const large = fields(
    [4, CENTRAL_END_64],
    [8, 44],
    [2, MADE_ON_UNIX],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, list.length],
    [8, at],
    [4, CENTRAL_LOCATOR_64],
    [4, 0],
    [8, at + list.length],
    [4, 1],
  );
  const end = fields(
    [4, CENTRAL_END],
    [2, 0],
    [2, 0],
    [2, Math.min(count, MAX_16)],
    [2, Math.min(count, MAX_16)],
    [4, Math.min(list.length, MAX_32)],
    [4, Math.min(at, MAX_32)],
    [2, 0],
  );
  return Buffer.concat([list, ...(isLarge ? [large] : []), end]);
}

/** How many bytes, and the number in them. */
type Field = readonly [bytes: 2 | 4 | 8, value: number];

function fields(...all: Field[]): Buffer {
  const buffer = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}
