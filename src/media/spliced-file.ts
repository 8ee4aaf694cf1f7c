import { createReadStream } from "node:fs";
import { open, rename, rm, truncate, type FileHandle } from "node:fs/promises";

/** A file in memory or on disk, read in pieces. */
export interface ByteSource {
  size: number;
  /** Fewer bytes than asked for only at the end. */
  read(at: number, length: number): Promise<Buffer>;
}

/** A change to a file: bytes that go in at a place, instead of so many that are there. */
export interface Splice {
  at: number;
  remove: number;
  insert: Uint8Array;
}

type Content = { bytes: Uint8Array } | { path: string };

/** The most that may be asked of `ByteSource.read` in one go: what a file says of its own lengths is not believed. */
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** Hands the file to `work` as something to read in pieces. */
export async function readPieces<Result>(
  content: Content,
  work: (file: ByteSource) => Promise<Result>,
): Promise<Result> {
  if ("bytes" in content) return await work(bytesSource(content.bytes));
  const file = await open(content.path);
  try {
    return await work(await fileSource(file));
  } finally {
    await file.close();
  }
}

function bytesSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (at: number, length: number): Promise<Buffer> =>
    Promise.resolve(buffer.subarray(at, at + Math.min(length, MAX_READ_BYTES)));
  return { size: bytes.byteLength, read };
}

async function fileSource(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const wanted = Math.max(0, Math.min(length, size - at, MAX_READ_BYTES));
    const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, at);
    return buffer.subarray(0, bytesRead);
  };
  return { size, read };
}

/**
 * Makes changes to a file, in the order of their places. In memory it is copied; on disk it is changed under its own name,
 * whole or not at all, and never read into memory.
 */
export async function splice(content: Content, splices: readonly Splice[]): Promise<Content> {
  if ("bytes" in content) return { bytes: splicedBytes(content.bytes, splices) };
  const [only, ...others] = splices;
  const end = await endOf(content.path);
  if (only && others.length === 0 && only.at === end) await append(content.path, end, only.insert);
  else await rewrite(content.path, splices);
  return content;
}

function splicedBytes(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { at, remove, insert } of splices) {
    pieces.push(bytes.subarray(from, at), insert);
    from = at + remove;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

async function endOf(path: string): Promise<number> {
  return await readPieces({ path }, ({ size }) => Promise.resolve(size));
}

async function append(path: string, end: number, insert: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(insert, 0, insert.byteLength, end);
  } catch (error) {
    await truncate(path, end);
    throw error;
  } finally {
    await file.close();
  }
}

async function rewrite(path: string, splices: readonly Splice[]): Promise<void> {
  const copy = `${path}.spliced`;
  const target = await open(copy, "wx");
  try {
    let from = 0;
    for (const { at, remove, insert } of splices) {
      await copyRange(path, target, { start: from, end: at });
      await target.writeFile(insert);
      from = at + remove;
    }
    await copyRange(path, target, { start: from, end: await endOf(path) });
    await target.close();
    await rename(copy, path);
  } catch (error) {
    await target.close().catch(() => undefined);
    await rm(copy, { force: true });
    throw error;
  }
}

/** @param range `end` is the first byte that is not copied. */
async function copyRange(
  path: string,
  target: FileHandle,
  { start, end }: { start: number; end: number },
): Promise<void> {
  if (end > start) await target.writeFile(createReadStream(path, { start, end: end - 1 }));
}
