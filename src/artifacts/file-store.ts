import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArtifactStore, StoredContent } from "./store.ts";

const HASH = /^[0-9a-f]{64}$/;

/**
 * Keeps content as files `ab/cdef…` under a folder, named by their SHA-256. A file is written under a temporary name,
 * flushed to disk, then renamed, so a name that is there always has its whole content.
 */
export function createFileStore(folder: string): ArtifactStore {
  const temporaryFolder = path.join(folder, "incoming");
  /** How often each content has been stored and not released yet. */
  const held = new Map<string, number>();

  /** The place of a hash. Hashes come from our own rows; anything else would be a mistake of ours. */
  const placeOf = (hash: string): string => {
    if (!HASH.test(hash)) throw new TypeError("not a content hash");
    return path.join(folder, hash.slice(0, 2), hash.slice(2));
  };

  const moveIn = async (temporary: string, hash: string): Promise<void> => {
    const place = placeOf(hash);
    held.set(hash, (held.get(hash) ?? 0) + 1);
    await mkdir(path.dirname(place), { recursive: true });
    await rename(temporary, place);
    await flushFolder(path.dirname(place));
  };

  return {
    async put(content): Promise<StoredContent> {
      await mkdir(temporaryFolder, { recursive: true });
      const temporary = path.join(temporaryFolder, randomUUID());
      try {
        const stored =
          "bytes" in content
            ? await writeBytes(temporary, content.bytes)
            : await takeFile(temporary, content.path);
        await moveIn(temporary, stored.hash);
        return stored;
      } catch (error) {
        // Given back, so that it can be stored once the disk works again.
        if ("path" in content) await rename(temporary, content.path).catch(() => undefined);
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    },

    async read(hash) {
      return await readFile(placeOf(hash));
    },

    async open(hash, range) {
      const place = placeOf(hash);
      const found = await stat(place).catch(() => null);
      return found?.isFile() ? createReadStream(place, range ?? {}) : null;
    },

    release(hash) {
      const left = (held.get(hash) ?? 0) - 1;
      if (left > 0) held.set(hash, left);
      else held.delete(hash);
    },

    async remove(hash) {
      const place = placeOf(hash);
      if (!held.has(hash)) await rm(place, { force: true });
    },
  };
}

async function writeBytes(temporary: string, bytes: Uint8Array): Promise<StoredContent> {
  const file = await open(temporary, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { hash: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.byteLength };
}

async function takeFile(temporary: string, source: string): Promise<StoredContent> {
  // A rename fails across file systems, as between a temporary folder and the data folder.
  await rename(source, temporary).catch(async () => {
    await copyFile(source, temporary);
    await rm(source, { force: true });
  });
  const hash = createHash("sha256");
  await pipeline(createReadStream(temporary), hash);
  const file = await open(temporary, "r+");
  try {
    await file.sync();
    return { hash: hash.digest("hex"), bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

/** Makes a rename durable. Windows cannot flush a folder, and does not need it. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
