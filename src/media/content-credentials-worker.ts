import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initSync, WasmBuilder, WasmReader } from "@contentauth/c2pa-wasm";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { MAX_SIGNED_BYTES, type Credentials } from "./content-credentials.ts";
import { coseSignature } from "./cose-signature.ts";

const contentSchema = z.union([
  z.object({ bytes: z.instanceof(Uint8Array) }),
  z.object({ path: z.string() }),
]);

const requestSchema = z.discriminatedUnion("act", [
  z.object({
    act: z.literal("sign"),
    content: contentSchema,
    target: z.string().nullable(),
    format: z.string(),
    manifest: z.string(),
    signer: z.object({
      algorithm: z.enum(["es256", "es384", "es512", "ps256", "ed25519"]),
      chain: z.array(z.instanceof(Uint8Array)),
      key: z.instanceof(Uint8Array),
    }),
  }),
  z.object({
    act: z.literal("read"),
    content: contentSchema,
    format: z.string(),
    trusted: z.string().nullable(),
  }),
]);

type Request = z.output<typeof requestSchema>;
type SignRequest = Extract<Request, { act: "sign" }>;

/** Room for a signature and a chain of a few certificates. */
const SIGNATURE_BYTES = 16 * 1024;

/** Nothing that a file names is fetched. */
const VERIFY = { remote_manifest_fetch: false, ocsp_fetch: false };

/** A file as a browser hands it to a worker, which is what this library was made for; it is read in pieces. */
class FileBlob extends Blob {
  readonly #read: (start: number, end: number) => Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(read: (start: number, end: number) => Uint8Array, start: number, end: number) {
    super([]);
    this.#read = read;
    this.#start = start;
    this.#end = end;
  }

  override get size(): number {
    return this.#end - this.#start;
  }

  override slice(start = 0, end = this.size): FileBlob {
    return new FileBlob(this.#read, this.#start + start, Math.min(this.#end, this.#start + end));
  }

  bytesNow(): Uint8Array {
    return this.#read(this.#start, this.#end);
  }
}

/** Browsers have this in workers only, Node.js has it nowhere. */
class SynchronousFileReader {
  readAsArrayBuffer(blob: FileBlob): ArrayBuffer {
    return new Uint8Array(blob.bytesNow()).buffer;
  }
}

serveWorker(requestSchema, async (request) => {
  // So that nothing is fetched that a file names, whatever the library would do.
  Reflect.deleteProperty(globalThis, "fetch");
  Reflect.set(globalThis, "FileReaderSync", SynchronousFileReader);
  const wasm = fileURLToPath(import.meta.resolve("@contentauth/c2pa-wasm/c2pa.wasm"));
  initSync({ module: readFileSync(wasm) });
  return await withBlob(request.content, async (blob) =>
    request.act === "read" ? await credentialsOf(blob, request) : await signed(blob, request),
  );
});

async function withBlob<Result>(
  content: SignRequest["content"],
  work: (blob: FileBlob) => Promise<Result>,
): Promise<Result> {
  if ("bytes" in content) {
    const { bytes } = content;
    return await work(new FileBlob((start, end) => bytes.subarray(start, end), 0, bytes.byteLength));
  }
  const file = openSync(content.path, "r");
  try {
    const read = (start: number, end: number): Uint8Array => {
      const memory = Buffer.alloc(end - start);
      return memory.subarray(0, readSync(file, memory, 0, memory.byteLength, start));
    };
    return await work(new FileBlob(read, 0, fstatSync(file).size));
  } finally {
    closeSync(file);
  }
}

async function signed(
  blob: FileBlob,
  { format, manifest, signer, target }: SignRequest,
): Promise<{ bytes: Uint8Array | null; isSigned: boolean }> {
  const left = { bytes: null, isSigned: false };
  if (blob.size > MAX_SIGNED_BYTES || (await readerOf(blob, format))) return left;
  const settings = JSON.stringify({ verify: { ...VERIFY, verify_after_sign: true, verify_trust: false } });
  const builder = WasmBuilder.fromJson(manifest, settings);
  const bytes = await builder.sign(
    {
      alg: signer.algorithm,
      reserveSize: SIGNATURE_BYTES,
      sign: (claim) => Promise.resolve(new Uint8Array(coseSignature(claim, signer, SIGNATURE_BYTES))),
    },
    [],
    format,
    blob,
  );
  const check = new FileBlob((start, end) => bytes.subarray(start, end), 0, bytes.byteLength);
  const credentials = await credentialsOf(check, { format, trusted: null });
  if (credentials?.state !== "Valid")
    throw new Error(`the signature does not hold: ${credentials?.findings.join(", ")}`);
  if (target === null) return { bytes, isSigned: true };
  writeFileSync(target, bytes, { flush: true });
  return { bytes: null, isSigned: true };
}

const storeSchema = z.object({
  validation_state: z.enum(["Invalid", "Valid", "Trusted"]),
  validation_status: z.array(z.object({ code: z.string() })).default([]),
  active_manifest: z.string(),
  manifests: z.record(
    z.string(),
    z.object({
      title: z.string().nullish(),
      assertions: z.array(z.object({ label: z.string(), data: z.unknown() })).default([]),
    }),
  ),
});

const actionsSchema = z.object({
  actions: z.array(z.object({ digitalSourceType: z.string().optional() })).min(1),
});

async function credentialsOf(
  blob: FileBlob,
  { format, trusted }: { format: string; trusted: string | null },
): Promise<Credentials | null> {
  const reader = await readerOf(blob, format, trusted);
  if (!reader) return null;
  const store = storeSchema.parse(JSON.parse(reader.json()));
  const manifest = store.manifests[store.active_manifest];
  const actions = actionsSchema.safeParse(
    manifest?.assertions.find(({ label }) => label.startsWith("c2pa.actions"))?.data,
  );
  return {
    state: store.validation_state,
    findings: store.validation_status.map(({ code }) => code),
    digitalSourceType: actions.data?.actions[0]?.digitalSourceType ?? null,
    title: manifest?.title ?? null,
  };
}

/** Null where the file carries no manifest. */
async function readerOf(
  blob: FileBlob,
  format: string,
  trusted: string | null = null,
): Promise<WasmReader | null> {
  const settings = {
    verify: { ...VERIFY, verify_trust: trusted !== null },
    ...(trusted !== null && { trust: { trust_anchors: trusted } }),
  };
  try {
    return await WasmReader.fromBlob(format, blob, JSON.stringify(settings));
  } catch (error) {
    if (/no JUMBF data found|ManifestNotFound|JumbfNotFound/i.test(String(error))) return null;
    throw error;
  }
}
