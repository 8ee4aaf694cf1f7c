import { readFile, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { OutboundRefusal } from "../net/outbound.ts";
import type { LocalText } from "../errors.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import type { ProviderOutput } from "./provider.ts";
import type { VendorCall } from "./vendor-call.ts";

/** More than any vendor makes in one call: minutes of film. */
const GIBIBYTE = 1024 * 1024 * 1024;
const LIMITS = { files: 8, bytesEach: GIBIBYTE, bytesInAll: 2 * GIBIBYTE };
/** What is larger stays on disk: several calls answer at once. */
const MAX_BYTES_IN_MEMORY = 4 * 1024 * 1024;

/** The waits between the times a file is asked for that no job can give a new address for: about a minute in all. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000];
/** How often it is asked for again where the answer is that there is no such file: some are late by a moment. */
const WAITS_FOR_LATE_FILE = 3;

/** A file that a vendor's answer names. */
export interface ResultFile {
  url: string;
  /** The key, where the vendor asks for it; taken off where a redirect leads to another origin. */
  headers?: Record<string, string>;
}

/** A file as it came: in memory, or where it is large in a temporary file. */
export type FetchedFile = ProviderOutput["files"][number];

type FileCall = Pick<VendorCall, "outbound" | "signal" | "baseUrl">;

/**
 * Downloads what a vendor that has no jobs made, at once, since its address expires. The work is done and billed: whatever
 * hinders this is a failure that was billed, and no reason to buy again.
 * @throws ProviderFailure, billed.
 */
export async function downloadResult(call: FileCall, file: ResultFile): Promise<FetchedFile> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await fetchFile(call, file, LIMITS.bytesEach)).file;
    } catch (error) {
      const refusal = refusalBehind(error);
      const waitMs = isNoFile(refusal) && tries >= WAITS_FOR_LATE_FILE ? undefined : WAITS_MS[tries];
      if (call.signal.aborted) throw notFetched(TOO_LATE, "timeout");
      if (isForGood(refusal) || waitMs === undefined) throw notFetched(whyNot(refusal));
      await pause(waitMs, undefined, { signal: call.signal }).catch(() => undefined);
    }
  }
}

/**
 * Downloads what a job made: the first eight files, and not more than two gigabytes. Files beyond that number are left.
 * @throws ProviderFailure, billed, where a file will never be fetched; otherwise what went wrong this time, so that the job
 * is asked about again and gives a new address.
 */
export async function downloadResults(
  call: FileCall,
  results: readonly ResultFile[],
  limits = LIMITS,
): Promise<FetchedFile[]> {
  const files: FetchedFile[] = [];
  let bytesLeft = limits.bytesInAll;
  try {
    for (const result of results.slice(0, limits.files)) {
      const { file, bytes } = await fetchFile(call, result, Math.min(bytesLeft, limits.bytesEach));
      bytesLeft -= bytes;
      files.push(file);
    }
    return files;
  } catch (error) {
    await removeFiles(files);
    const refusal = refusalBehind(error);
    throw isForGood(refusal) ? notFetched(whyNot(refusal)) : error;
  }
}

/** Removes the temporary files of an output that nobody takes over. */
export async function removeFiles(files: readonly FetchedFile[]): Promise<void> {
  for (const { content } of files) if ("path" in content) await rm(content.path, { force: true });
}

async function fetchFile(
  { signal, outbound, baseUrl }: FileCall,
  { url, headers }: ResultFile,
  maxBytes: number,
): Promise<{ file: FetchedFile; bytes: number }> {
  const trusts = URL.canParse(baseUrl) ? new URL(baseUrl).origin : null;
  const saved = await outbound.save(url, { maxBytes, signal, trusts, ...(headers && { headers }) });
  const { path, bytes } = saved;
  const mediaType = saved.mediaType ?? "application/octet-stream";
  if (bytes > MAX_BYTES_IN_MEMORY) return { file: { content: { path }, mediaType }, bytes };
  try {
    return { file: { content: { bytes: new Uint8Array(await readFile(path)) }, mediaType }, bytes };
  } finally {
    await rm(path, { force: true });
  }
}

function refusalBehind(error: unknown): OutboundRefusal | undefined {
  let cause = error;
  while (cause instanceof Error && !(cause instanceof OutboundRefusal)) ({ cause } = cause);
  return cause instanceof OutboundRefusal ? cause : undefined;
}

/** Whether the address itself is refused, or the file: neither changes. */
function isForGood(refusal: OutboundRefusal | undefined): boolean {
  return refusal !== undefined && ["address", "protocol", "size"].includes(refusal.reason);
}

function isNoFile(refusal: OutboundRefusal | undefined): boolean {
  const status = refusal?.status ?? 0;
  return status >= 400 && status < 500 && status !== 429;
}

const GONE: LocalText = {
  fr: "il a expiré, ou n’est plus à l’adresse donnée, ou cette adresse est hors d’atteinte",
  en: "it has expired, or is no longer at the address given, or that address is out of reach",
};
const TOO_LATE: LocalText = {
  fr: "il n’était pas arrivé quand le temps de l’étape a été écoulé",
  en: "it had not come when the time of the step was up",
};
const TOO_LARGE: LocalText = {
  fr: "il est plus gros que ce que Relais conserve (1\u00a0Go par fichier, 2\u00a0Go par appel)",
  en: "it is larger than what Relais keeps (1 GB a file, 2 GB a call)",
};
const PRIVATE: LocalText = {
  fr: "son adresse mène à un endroit où Relais ne va pas, comme un réseau privé",
  en: "its address leads to a place where Relais does not go, such as a private network",
};

function whyNot(refusal: OutboundRefusal | undefined): LocalText {
  if (refusal?.reason === "size") return TOO_LARGE;
  return isForGood(refusal) ? PRIVATE : GONE;
}

/** The address is not said: some carry a key. */
function notFetched(why: LocalText, code: "unavailable" | "timeout" = "unavailable"): ProviderFailure {
  return new ProviderFailure({
    code,
    billed: "yes",
    detail: {
      fr: `Le fichier a été produit, mais n’a pas pu être téléchargé\u00a0: ${why.fr}. Cet appel a été facturé. Cherchez le fichier dans votre compte chez le fournisseur avant de relancer.`,
      en: `The file was made but could not be downloaded: ${why.en}. This call was billed. Look for the file in your account with the provider before you try again.`,
    },
  });
}
