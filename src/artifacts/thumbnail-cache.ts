import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ArtifactStore } from "./store.ts";

/** The sizes in which thumbnails are made: the side of the square, in pixels, into which they fit. */
export const THUMBNAIL_SIDES = [160, 320, 640] as const;
export type ThumbnailSide = (typeof THUMBNAIL_SIDES)[number];

const MAX_BYTES = 256 * 1024 * 1024;

/** Keeps thumbnails on disk, by the hash of what they show; those that nobody has looked at for longest go first. */
export class ThumbnailCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  /** Bytes by name, those that were looked at last at the end; null before the folder was read. */
  #known: Promise<Map<string, number>> | null = null;
  #bytes = 0;

  constructor(folder: string, { maxBytes = MAX_BYTES }: { maxBytes?: number } = {}) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  async read(hash: string, side: ThumbnailSide): Promise<Uint8Array<ArrayBuffer> | null> {
    const name = nameOf(hash, side);
    const content = await readFile(path.join(this.#folder, name)).catch(() => null);
    if (content) {
      const known = await this.#read();
      this.#forget(known, name);
      this.#remember(known, name, content.length);
    }
    return content;
  }

  async write(hash: string, side: ThumbnailSide, content: Uint8Array): Promise<void> {
    const name = nameOf(hash, side);
    const known = await this.#read();
    const temporary = path.join(this.#folder, `${randomUUID()}.part`);
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, path.join(this.#folder, name));
    this.#forget(known, name);
    this.#remember(known, name, content.length);
    for (const [oldest] of known) {
      if (this.#bytes <= this.#maxBytes) break;
      await this.#remove(known, oldest);
    }
  }

  /** The store, which leaves no thumbnail of what is removed from it. */
  withRemoval(store: ArtifactStore): ArtifactStore {
    return {
      put: (content) => store.put(content),
      read: (hash) => store.read(hash),
      open: (hash, range) => store.open(hash, range),
      release: (hash) => store.release(hash),
      check: () => store.check(),
      remove: async (hash) => {
        await this.#removeAllOf(hash);
        await store.remove(hash);
      },
    };
  }

  async #removeAllOf(hash: string): Promise<void> {
    const known = await this.#read();
    for (const side of THUMBNAIL_SIDES) await this.#remove(known, nameOf(hash, side));
  }

  async #remove(known: Map<string, number>, name: string): Promise<void> {
    this.#forget(known, name);
    await rm(path.join(this.#folder, name), { force: true });
  }

  #remember(known: Map<string, number>, name: string, bytes: number): void {
    known.set(name, bytes);
    this.#bytes += bytes;
  }

  #forget(known: Map<string, number>, name: string): void {
    this.#bytes -= known.get(name) ?? 0;
    known.delete(name);
  }

  #read(): Promise<Map<string, number>> {
    this.#known ??= this.#readFolder();
    return this.#known;
  }

  async #readFolder(): Promise<Map<string, number>> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const files: { name: string; bytes: number; writtenMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const file = await stat(path.join(this.#folder, name)).catch(() => null);
      if (file?.isFile() === true) files.push({ name, bytes: file.size, writtenMs: file.mtimeMs });
    }
    this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return new Map(
      files.toSorted((one, other) => one.writtenMs - other.writtenMs).map(({ name, bytes }) => [name, bytes]),
    );
  }
}

function nameOf(hash: string, side: ThumbnailSide): string {
  // Hashes come from our own rows; anything else would be a mistake of ours.
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new TypeError("not a content hash");
  return `${hash}-${side}.webp`;
}
