import type { Modality } from "./media.ts";
import type { ModelInfo } from "./models.ts";

/** A model that could be taken in place of another. */
export interface OfferedModel extends Pick<
  ModelInfo,
  "id" | "provider" | "modality" | "status" | "shutdown_date"
> {
  /** Whether it could be called now. */
  isReady: boolean;
  /** Whether it is a vendor's own, and not an unofficial way to one. */
  isOfficial: boolean;
}

/** What a step names that cannot be called. */
interface UnreachableModel {
  provider: string;
  modality: Modality;
  /** Whether the step means what only gateways give: it names one, or a family that does without its own. */
  isOfGateway: boolean;
}

const AT_MOST = 3;

/**
 * Official models of the same kind that are ready, one a provider and those that are about to shut down last; at most
 * three. In place of a gateway, where none is ready, those that still need a key.
 * @param options.today YYYY-MM-DD: what was to end by then is not offered.
 */
export function alternativesTo(
  { provider: ownProvider, modality, isOfGateway }: UnreachableModel,
  offered: readonly OfferedModel[],
  { today }: { today: string },
): OfferedModel[] {
  const alike = offered
    .filter((one) => one.modality === modality && one.isOfficial && isThere(one, today))
    .toSorted((a, b) => Number(b.status === "live") - Number(a.status === "live"));
  const seen = new Set([ownProvider]);
  const others = alike.filter(({ provider }) => {
    const isFirst = !seen.has(provider);
    seen.add(provider);
    return isFirst;
  });
  const ready = others.filter(({ isReady }) => isReady);
  return (ready.length > 0 || !isOfGateway ? ready : others).slice(0, AT_MOST);
}

function isThere({ status, shutdown_date: end }: OfferedModel, today: string): boolean {
  return status !== "shut_down" && (end === null || end > today);
}
