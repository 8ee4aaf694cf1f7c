import { rename, rm } from "node:fs/promises";
import { z } from "zod";
import { runInChild } from "./child-process.ts";
import { oneLine, sourceUri, type Provenance } from "./provenance.ts";
import type { Signer } from "./signer.ts";

type Content = { bytes: Uint8Array } | { path: string };

/** What C2PA names the formats into which a manifest is written here. */
const FORMATS: Record<string, string> = {
  "image/png": "image/png",
  "image/jpeg": "image/jpeg",
  "image/webp": "image/webp",
  "audio/mpeg": "audio/mpeg",
  "audio/wav": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/mp4": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "video/mp4": "video/mp4",
  "video/quicktime": "video/quicktime",
  "application/pdf": "application/pdf",
};

/** What is larger is not signed: a signed file is put together in memory. */
export const MAX_SIGNED_BYTES = 256 * 1024 * 1024;
const MAX_SECONDS = 120;
const MAX_MEMORY_MIB = 1_536;

/** What a reader of C2PA says of a file. */
export interface Credentials {
  /** `Invalid`: it was changed after it was signed, or not signed as it should be. */
  state: "Invalid" | "Valid" | "Trusted";
  /** Codes of what is wrong or not known, as the C2PA specification names them. */
  findings: string[];
  digitalSourceType: string | null;
  title: string | null;
}

const credentialsSchema: z.ZodType<Credentials> = z.object({
  state: z.enum(["Invalid", "Valid", "Trusted"]),
  findings: z.array(z.string()),
  digitalSourceType: z.string().nullable(),
  title: z.string().nullable(),
});

const WORKER = new URL("./content-credentials-worker.ts", import.meta.url);

/**
 * Signs what a file says of how it was made (C2PA), in a process of its own. A file that carries a manifest already, one of
 * a format without a place for it, and one of more than 256 MiB stay as they are. On disk the file keeps its path, and is
 * changed whole or not at all.
 * @throws ChildFailure where it cannot be signed; the file is then as it was.
 */
export async function signFile(
  content: Content,
  {
    mediaType,
    provenance,
    signer,
    signal,
  }: { mediaType: string; provenance: Provenance; signer: Signer; signal: AbortSignal },
): Promise<Content> {
  const format = FORMATS[mediaType];
  if (format === undefined || ("bytes" in content && content.bytes.byteLength > MAX_SIGNED_BYTES))
    return content;
  const target = "path" in content ? `${content.path}.signed` : null;
  try {
    const signed = await runInChild({
      worker: WORKER,
      request: { act: "sign", content, target, format, signer, manifest: manifestOf(provenance) },
      result: z.object({ bytes: z.instanceof(Uint8Array).nullable(), isSigned: z.boolean() }),
      signal,
      limits: { seconds: MAX_SECONDS, memoryMib: MAX_MEMORY_MIB },
      lane: "brief",
    });
    if (!signed.isSigned) return content;
    if (signed.bytes) return { bytes: signed.bytes };
    if (target !== null && "path" in content) await rename(target, content.path);
    return content;
  } finally {
    if (target !== null) await rm(target, { force: true });
  }
}

/**
 * Reads and checks the manifest of a file; null where it carries none.
 * @param trusted certificates, PEM, whose signatures are trusted; without one every good signature is `Valid`.
 */
export async function readCredentials(
  content: Content,
  { mediaType, trusted = null, signal }: { mediaType: string; trusted?: string | null; signal: AbortSignal },
): Promise<Credentials | null> {
  return await runInChild({
    worker: WORKER,
    request: { act: "read", content, format: FORMATS[mediaType] ?? mediaType, trusted },
    result: credentialsSchema.nullable(),
    signal,
    limits: { seconds: MAX_SECONDS, memoryMib: MAX_MEMORY_MIB },
  });
}

/** The manifest as C2PA's own builder takes it: who made the file, and from what kind of source. */
function manifestOf({ source, title, madeBy }: Provenance): string {
  const agent = madeBy.length > 0 ? oneLine(madeBy.join(", ")) : "Relais";
  return JSON.stringify({
    claim_generator_info: [{ name: "Relais" }],
    ...(title && { title: oneLine(title) }),
    assertions: [
      {
        label: "c2pa.actions.v2",
        data: {
          actions: [
            { action: "c2pa.created", digitalSourceType: sourceUri(source), softwareAgent: { name: agent } },
          ],
        },
      },
    ],
  });
}
