import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, copyFile, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { MemoryHolds } from "./memory-holds.ts";
import {
  MissingContent,
  nameOf,
  type ArtifactStore,
  type ContentHolds,
  type StoredContent,
} from "./store.ts";

const HASHED_AT_ONCE = 256 * 1024;

/**
 * Keeps content as files `ab/cdef…` under a folder, named by their SHA-256. A file is written under a temporary name,
 * flushed to disk, then renamed, so a name that is there always has its whole content.
 * @param options.temporaryFolder on the same file system; `incoming` in the folder unless given.
 */
export function createFileStore(
  folder: string,
  options: { temporaryFolder?: string; holds?: ContentHolds } = {},
): ArtifactStore {
  const { temporaryFolder = path.join(folder, "incoming"), holds = new MemoryHolds() } = options;
  const placeOf = (hash: string): string => path.join(folder, nameOf(hash));

  const moveIn = async (temporary: string, hash: string): Promise<void> => {
    const place = placeOf(hash);
    await holds.hold(hash);
    try {
      await mkdir(path.dirname(place), { recursive: true });
      await rename(temporary, place);
      await flushFolder(path.dirname(place));
    } catch (error) {
      holds.release(hash);
      throw error;
    }
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
      return await readFile(placeOf(hash)).catch((error: unknown) => {
        throw isNoFile(error) ? new MissingContent(hash, { cause: error }) : error;
      });
    },

    async open(hash, range) {
      const place = placeOf(hash);
      const found = await stat(place).catch(() => null);
      return found?.isFile() ? createReadStream(place, range ?? {}) : null;
    },

    release: (hash) => holds.release(hash),

    async remove(hash) {
      const place = placeOf(hash);
      await holds.unlessNeeded(hash, () => rm(place, { force: true }));
    },

    async check() {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK);
    },
  };
}

function isNoFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
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
  const stored = await hashFile(temporary);
  const file = await open(temporary, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return stored;
}

/** Reads a file once and says what it is stored as. */
export async function hashFile(place: string): Promise<StoredContent> {
  const hash = createHash("sha256");
  const file = await open(place);
  try {
    // One piece of memory for all of it: a stream takes new memory for each piece, 1 GB in all for a film of 1 GB.
    const memory = Buffer.allocUnsafeSlow(HASHED_AT_ONCE);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, memory.byteLength);
      if (bytesRead === 0) return { hash: hash.digest("hex"), bytes };
      hash.update(memory.subarray(0, bytesRead));
      bytes += bytesRead;
    }
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
