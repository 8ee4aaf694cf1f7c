import type { Usage } from "../workflow/usage.ts";
import type { ProviderRequest } from "./provider.ts";
import { numberOf } from "./request-parameters.ts";

/** What a finished job used where its vendor counts nothing: its pictures, or the length that was asked for. */
export function usageOfMedia(request: ProviderRequest, files: number): Usage {
  if (request.modality === "image") return { images: files };
  const videoSeconds = numberOf(request, "duration");
  return { generations: 1, ...(videoSeconds !== undefined && { videoSeconds }) };
}
