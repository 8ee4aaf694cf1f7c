import { inflateSync } from "fflate";
import type { ReadPart } from "./remote-file.ts";

/** One file in a ZIP, as its directory tells; nothing of it is to be trusted but that it is bounded. */
export interface ZipFile {
  name: string;
  /** Once it is unpacked. */
  bytes: number;
  packedBytes: number;
  /** 0: as it is, 8: deflated. */
  method: number;
  offset: number;
}

const END_SIGNATURE = 0x06054b50;
const FILE_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const FILE_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 4_000_000;
const MAX_FILES = 10_000;

/**
 * The files of a ZIP (PKWARE APPNOTE 6.3, sections 4.3.12 and 4.3.16), read from the end of it, without folders.
 * @throws Error where it is none, or larger than anything that is made here.
 */
export async function listZip(read: ReadPart, size: number): Promise<ZipFile[]> {
  const tailStart = Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES);
  const tail = await read(tailStart, size);
  const end = findEnd(tail);
  const bytes = end.getUint32(12, true);
  const start = end.getUint32(16, true);
  if (bytes > MAX_DIRECTORY_BYTES || start + bytes > size) {
    throw new Error("the directory of the ZIP is too large");
  }
  const isInTail = start >= tailStart;
  const directory = isInTail
    ? tail.subarray(start - tailStart, start - tailStart + bytes)
    : await read(start, start + bytes);
  return readDirectory(directory).filter(({ name }) => !name.endsWith("/"));
}

function findEnd(tail: Uint8Array): DataView {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END_SIGNATURE) {
      return viewOf(tail.subarray(at));
    }
  }
  throw new Error("not a ZIP");
}

function readDirectory(directory: Uint8Array): ZipFile[] {
  const view = viewOf(directory);
  const files: ZipFile[] = [];
  let at = 0;
  while (
    files.length < MAX_FILES &&
    at + FILE_BYTES <= directory.length &&
    view.getUint32(at, true) === FILE_SIGNATURE
  ) {
    const nameBytes = view.getUint16(at + 28, true);
    const name = directory.subarray(at + FILE_BYTES, at + FILE_BYTES + nameBytes);
    files.push({
      name: new TextDecoder().decode(name),
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += FILE_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

/**
 * Unpacks one file. What it says of its size bounds what is unpacked: a file that would become larger is cut there.
 * @throws Error where it says that it is larger than `maxBytes`, or is packed in a way that is not known.
 */
export async function readZipFile(read: ReadPart, file: ZipFile, maxBytes: number): Promise<Uint8Array> {
  if (file.bytes > maxBytes || file.packedBytes > maxBytes) {
    throw new Error(`${file.name} is too large`);
  }
  const header = viewOf(await read(file.offset, file.offset + LOCAL_BYTES));
  const start = file.offset + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = await read(start, start + file.packedBytes);
  if (file.method === 0) {
    return packed;
  }
  if (file.method !== 8) {
    throw new Error(`${file.name} is packed in an unknown way`);
  }
  return inflateSync(packed, { out: new Uint8Array(file.bytes) });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
