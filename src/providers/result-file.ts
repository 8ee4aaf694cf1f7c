import { setTimeout as pause } from "node:timers/promises";
import { OutboundRefusal } from "../net/outbound.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import type { VendorCall } from "./vendor-call.ts";

/** More than any vendor makes in one call: minutes of film. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** How often a file is asked for, and the wait after the first time, which doubles. */
const TRIES = 5;
const WAIT_MS = 500;

/** A file that a vendor's answer names. */
export interface ResultFile {
  url: string;
  /** The key, where the vendor asks for it; taken off where a redirect leads to another origin. */
  headers?: Record<string, string>;
}

/**
 * Downloads what a vendor made, at once, since its address expires. The work is done and billed: whatever hinders this is
 * a failure that was billed, and no reason to buy again.
 * @throws ProviderFailure, billed.
 */
export async function downloadResult(
  call: Pick<VendorCall, "outbound" | "signal">,
  { url, headers }: ResultFile,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { signal, outbound } = call;
      const file = await outbound.download(url, { maxBytes: MAX_BYTES, signal, ...(headers && { headers }) });
      return { bytes: file.bytes, mediaType: file.mediaType ?? "application/octet-stream" };
    } catch (error) {
      // A refusal does not change. The address is not said: some carry a key.
      const isFinal =
        error instanceof OutboundRefusal && !(error.status === 429 || (error.status ?? 0) >= 500);
      if (call.signal.aborted) throw error;
      if (isFinal || tries === TRIES) throw notFetched(error);
      await pause(WAIT_MS * 2 ** (tries - 1), undefined, { signal: call.signal });
    }
  }
}

function notFetched(error: unknown): ProviderFailure {
  const reason = error instanceof OutboundRefusal ? error.reason : "network";
  const isRefused = reason === "address" || reason === "protocol" || reason === "redirects";
  const why = isRefused
    ? {
        fr: "son adresse mène à un endroit où Relais ne va pas, comme un réseau privé",
        en: "its address leads to a place where Relais does not go, such as a private network",
      }
    : {
        fr: "il a expiré ou n’est plus à l’adresse donnée",
        en: "it has expired or is no longer at the address given",
      };
  return new ProviderFailure({
    code: "unavailable",
    billed: "yes",
    detail: {
      fr: `Le fichier a été produit, mais n’a pas pu être téléchargé\u00a0: ${why.fr}. Cet appel a été facturé. Cherchez le fichier dans votre compte chez le fournisseur avant de relancer.`,
      en: `The file was made but could not be downloaded: ${why.en}. This call was billed. Look for the file in your account with the provider before you try again.`,
    },
  });
}
