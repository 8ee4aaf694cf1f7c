import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { ThumbnailCache, ThumbnailSide } from "../artifacts/thumbnail-cache.ts";
import type { ArtifactRow } from "../db/artifact-store.ts";
import { makeThumbnails, type ThumbnailOrder } from "../media/thumbnails.ts";

/** Of a larger file none is made: it would have to be copied first. */
const MAX_BYTES = 256 * 1024 * 1024;
/** How many are made in one child process. */
const AT_ONCE = 12;
/** Of so many files it is remembered that there is none. */
const MAX_WITHOUT = 5_000;
/** How far into a film it is looked at: its first frames are often black. */
const FILM_PART = 0.2;
const MAX_SECOND = 3;

type Thumbnail = Uint8Array<ArrayBuffer>;
type Shown = Pick<ArtifactRow, "hash" | "bytes" | "mediaType" | "durationSeconds">;

interface Wanted {
  file: Shown;
  side: ThumbnailSide;
  resolve: (made: Thumbnail | null) => void;
  reject: (error: unknown) => void;
}

/** Small pictures of stored pictures and films, made when somebody first asks for one and kept on disk. */
export class Thumbnails {
  readonly #artifacts: ArtifactStore;
  readonly #cache: ThumbnailCache;
  readonly #folder: string;
  readonly #closing = new AbortController();
  readonly #underWay = new Map<string, Promise<Thumbnail | null>>();
  readonly #without = new Set<string>();
  #waiting: Wanted[] = [];
  #isMaking = false;

  /** @param options.folder for copies while they are looked at. */
  constructor(options: { artifacts: ArtifactStore; cache: ThumbnailCache; folder: string }) {
    this.#artifacts = options.artifacts;
    this.#cache = options.cache;
    this.#folder = options.folder;
  }

  /** Null where none can be made: the file is no picture or film, damaged, or too large. */
  async read(file: Shown, side: ThumbnailSide): Promise<Thumbnail | null> {
    const isSeen = /^(?:image|video)\//.test(file.mediaType);
    if (!isSeen || file.bytes > MAX_BYTES || this.#without.has(file.hash)) return null;
    const kept = await this.#cache.read(file.hash, side);
    if (kept) return kept;
    const key = `${file.hash}-${side}`;
    const known = this.#underWay.get(key);
    if (known) return await known;
    const made = new Promise<Thumbnail | null>((resolve, reject) => {
      this.#waiting.push({ file, side, resolve, reject });
    }).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, made);
    void this.#makeAll();
    return await made;
  }

  /** Makes none any more. */
  close(): void {
    this.#closing.abort();
  }

  async #makeAll(): Promise<void> {
    if (this.#isMaking) return;
    this.#isMaking = true;
    while (this.#waiting.length > 0) {
      // What was asked for last is on the screen; what was scrolled past comes after it.
      const batch = this.#waiting.splice(-AT_ONCE).toReversed();
      try {
        const made = await this.#makeBatch(batch);
        for (const [index, { resolve }] of batch.entries()) resolve(made[index] ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isMaking = false;
  }

  async #makeBatch(batch: readonly Wanted[]): Promise<(Thumbnail | null)[]> {
    await mkdir(this.#folder, { recursive: true });
    const jobs = batch.map((wanted) => ({ wanted, order: this.#orderFor(wanted) }));
    try {
      const problems = new Map<ThumbnailOrder, unknown>();
      const there: ThumbnailOrder[] = [];
      for (const { wanted, order } of jobs) {
        if (await this.#copy(wanted.file.hash, order.source)) there.push(order);
      }
      const answers = there.length === 0 ? [] : await makeThumbnails(there, this.#closing.signal);
      for (const [index, order] of there.entries()) problems.set(order, answers[index]);
      return await Promise.all(
        jobs.map(async ({ wanted, order }) => {
          if (problems.get(order) === null) return await this.#keep(wanted, order);
          if (problems.has(order)) this.#rememberNone(wanted);
          return null;
        }),
      );
    } finally {
      for (const { order } of jobs) {
        await rm(order.source, { force: true });
        await rm(order.target, { force: true });
      }
    }
  }

  #orderFor({ file, side }: Wanted): ThumbnailOrder {
    const isFilm = file.mediaType.startsWith("video/");
    const second = Math.min(MAX_SECOND, (file.durationSeconds ?? 0) * FILM_PART);
    const name = path.join(this.#folder, randomUUID());
    return { source: name, target: `${name}.webp`, side, second: isFilm ? second : null };
  }

  async #copy(hash: string, target: string): Promise<boolean> {
    const content = await this.#artifacts.open(hash);
    if (!content) return false;
    await pipeline(content, createWriteStream(target, { flags: "wx", mode: 0o600 }));
    return true;
  }

  async #keep({ file, side }: Wanted, { target }: ThumbnailOrder): Promise<Thumbnail> {
    const content = await readFile(target);
    await this.#cache.write(file.hash, side, content);
    return content;
  }

  #rememberNone({ file }: Wanted): void {
    if (this.#without.size >= MAX_WITHOUT) this.#without.clear();
    this.#without.add(file.hash);
  }
}
