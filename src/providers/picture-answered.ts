import type { ProviderOutput } from "./provider.ts";
import { downloadResult } from "./result-file.ts";
import type { VendorCall } from "./vendor-call.ts";

/**
 * A picture of an answer: itself as it was asked for, of type `mediaType`, or from its address, which some servers give all
 * the same.
 * @throws ProviderFailure, billed, where it cannot be downloaded; Error where there is neither.
 */
export async function pictureAnswered(
  call: VendorCall,
  { b64_json: base64, url }: { b64_json?: string | null | undefined; url?: string | null | undefined },
  mediaType: string,
): Promise<ProviderOutput["files"][number]> {
  if (base64) return { content: { bytes: Buffer.from(base64, "base64") }, mediaType };
  if (!url) throw new Error("an answer without a picture");
  return downloadResult(call, { url });
}
