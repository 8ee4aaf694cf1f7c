import { readFile, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { hashFile } from "./file-store.ts";
import {
  S3Client,
  S3Refusal,
  S3Unreachable,
  sha256,
  type S3Answer,
  type S3Credentials,
} from "./s3-client.ts";
import type { S3Location } from "./s3-location.ts";
import { uploadInParts } from "./s3-upload.ts";
import {
  MissingContent,
  nameOf,
  StoreUnavailable,
  type ArtifactStore,
  type ContentHolds,
  type StoredContent,
} from "./store.ts";

export interface S3StoreOptions {
  location: S3Location;
  region: string;
  credentials: S3Credentials;
  holds: ContentHolds;
  /** Content that is larger is sent in parts of so many bytes, two at a time: S3 takes no smaller ones than 5 MiB. */
  partBytes?: number;
}

const PART_BYTES = 6 * 1024 * 1024;
/** Says whose bucket this is to who looks into it; written and read at each start. */
const MARK = {
  name: "relais.txt",
  text: "Relais keeps its files here, each under the SHA-256 of its content.\n",
};
/** How often in a row a stream that breaks off is taken up again where it stopped, without that anything came. */
const MAX_RESUMPTIONS = 5;
const CHECK = { timeoutMs: 5_000, validMs: 5_000 };

/**
 * Keeps content in an S3-compatible bucket, as objects `ab/cdef…` named by their SHA-256, under the same names as files have on
 * disk. An object is there whole or not at all, and S3 has it on disks before it answers.
 */
export class S3Store implements ArtifactStore {
  readonly #client: S3Client;
  readonly #holds: ContentHolds;
  readonly #partBytes: number;
  #checked = { at: -Infinity, result: Promise.resolve() };

  constructor(options: S3StoreOptions) {
    this.#client = new S3Client(options);
    this.#holds = options.holds;
    this.#partBytes = options.partBytes ?? PART_BYTES;
  }

  async put(content: { bytes: Uint8Array } | { path: string }): Promise<StoredContent> {
    if ("bytes" in content) return await this.#putBytes(content.bytes);
    const { path } = content;
    const { size } = await stat(path);
    const stored =
      size > this.#partBytes ? await this.#putFile(path) : await this.#putBytes(await readFile(path));
    await rm(path, { force: true });
    return stored;
  }

  async read(hash: string): Promise<Uint8Array> {
    const name = nameOf(hash);
    const answer = await orNothing(this.#client.send({ method: "GET", name }));
    if (!answer) throw new MissingContent(hash);
    const chunks: Uint8Array[] = [];
    for await (const chunk of resumed(this.#client, { name, answer, start: 0 })) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (sha256(bytes, "hex") === hash) return bytes;
    throw new StoreUnavailable(`the S3 store has other bytes under ${name}`);
  }

  async open(hash: string, range?: { start: number; end: number }): Promise<Readable | null> {
    const name = nameOf(hash);
    const controller = new AbortController();
    const { signal } = controller;
    const headers = range && rangeHeader(range.start, range.end);
    const asked = this.#client.send({ method: "GET", name, signal, ...(headers && { headers }) });
    const answer = await orNothing(asked);
    if (!answer) return null;
    const from = { name, answer, start: range?.start ?? 0, signal };
    const content = Readable.from(resumed(this.#client, from), { objectMode: false });
    // Who goes before the end, or before the beginning, takes the connection with him.
    return content.once("close", () => controller.abort());
  }

  release(hash: string): void {
    this.#holds.release(hash);
  }

  async remove(hash: string): Promise<void> {
    const name = nameOf(hash);
    await this.#holds.unlessNeeded(hash, async () => {
      // Others wait for this: it is soon given up where the store does not answer.
      await orNothing(this.#client.ask({ method: "DELETE", name }, 2));
    });
  }

  async check(): Promise<void> {
    if (performance.now() - this.#checked.at > CHECK.validMs) {
      const signal = AbortSignal.timeout(CHECK.timeoutMs);
      const result = this.#client.ask({ method: "GET", name: MARK.name, signal }, 1).then(() => undefined);
      this.#checked = { at: performance.now(), result };
    }
    await this.#checked.result;
  }

  /** Writes and reads a small object, and looks for one that is not there. @throws S3Refusal, S3Unreachable */
  async prove(): Promise<void> {
    const { name, text } = MARK;
    const headers = { "content-type": "text/plain" };
    await this.#client.ask({ method: "PUT", name, headers, body: Buffer.from(text) });
    await this.#client.ask({ method: "GET", name });
    // Who may not list a bucket is told that what is missing is forbidden.
    await orNothing(this.#client.ask({ method: "GET", name: nameOf("0".repeat(64)) }));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #putBytes(bytes: Uint8Array): Promise<StoredContent> {
    const hash = sha256(bytes, "hex");
    await this.#whileHeld(hash, async () => {
      const headers = { "x-amz-checksum-sha256": Buffer.from(hash, "hex").toString("base64") };
      await this.#client.ask({ method: "PUT", name: nameOf(hash), headers, body: bytes });
    });
    return { hash, bytes: bytes.byteLength };
  }

  async #putFile(place: string): Promise<StoredContent> {
    const stored = await hashFile(place);
    await this.#whileHeld(stored.hash, async () => {
      const name = nameOf(stored.hash);
      // The same film is not sent a second time: what is under a name is what the name says.
      if ((await bytesOf(this.#client, name)) === stored.bytes) return;
      await uploadInParts(this.#client, { name, place, partBytes: this.#partBytes });
      if ((await bytesOf(this.#client, name)) === stored.bytes) return;
      throw new StoreUnavailable("the S3 store does not have what was sent to it");
    });
    return stored;
  }

  async #whileHeld(hash: string, store: () => Promise<void>): Promise<void> {
    await this.#holds.hold(hash);
    try {
      await store();
    } catch (error) {
      this.#holds.release(hash);
      throw error;
    }
  }
}

/** How large an object is; null where there is none. */
async function bytesOf(client: S3Client, name: string): Promise<number | null> {
  const answer = await orNothing(client.ask({ method: "HEAD", name }));
  return answer && Number(answer.headers["content-length"]);
}

/** Null where there is no such object. A bucket that is not there is another matter. */
async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    // An answer to HEAD has no body and so no code.
    if (error instanceof S3Refusal && error.status === 404 && ["NoSuchKey", ""].includes(error.code))
      return null;
    throw error;
  }
}

function rangeHeader(start: number, end: number | null): Record<string, string> {
  return { range: `bytes=${start}-${end ?? ""}` };
}

/**
 * The bytes of an answer. Where it breaks off, as when a slow listener made the server wait too long, the rest is asked for.
 * @throws S3Unreachable when that does not help either.
 */
async function* resumed(
  client: S3Client,
  options: { name: string; answer: S3Answer; start: number; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { name, start, signal } = options;
  let { answer } = options;
  const bytes = Number(answer.headers["content-length"]);
  let read = 0;
  for (let resumptions = 0; ; resumptions += 1) {
    const readBefore = read;
    try {
      for await (const chunk of answer.body) {
        const bytesOfChunk: Uint8Array = chunk;
        yield bytesOfChunk;
        read += bytesOfChunk.byteLength;
      }
      if (read === bytes) return;
      throw new S3Unreachable("the S3 store broke off");
    } catch (error) {
      if (read > readBefore) resumptions = 0;
      if (signal?.aborted === true || resumptions === MAX_RESUMPTIONS) throw error;
    }
    const headers = rangeHeader(start + read, start + bytes - 1);
    answer = await client.send({ method: "GET", name, headers, ...(signal && { signal }) });
  }
}
