import type { Modality } from "./media.ts";
import type { ModelInfo } from "./models.ts";

/** A model that could be taken in place of another. */
export interface OfferedModel extends Pick<ModelInfo, "id" | "provider" | "modality" | "status"> {
  /** Whether it could be called now. */
  isReady: boolean;
  /** Whether it is a vendor's own, and not an unofficial way to one. */
  isOfficial: boolean;
}

const AT_MOST = 3;

/**
 * Official models of the same kind for a step whose own cannot be called, one a provider and those that are ready first; at
 * most three.
 */
export function alternativesTo(
  wanted: { provider: string; modality: Modality },
  offered: readonly OfferedModel[],
): OfferedModel[] {
  const seen = new Set([wanted.provider]);
  const candidates = offered.filter(({ provider, modality, status, isOfficial }) => {
    if (modality !== wanted.modality || status !== "live" || !isOfficial || seen.has(provider)) return false;
    seen.add(provider);
    return true;
  });
  return candidates.toSorted((a, b) => Number(b.isReady) - Number(a.isReady)).slice(0, AT_MOST);
}
