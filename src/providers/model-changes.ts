import type { Modality } from "../workflow/media.ts";
import type { ModelEntry } from "./catalogue-data.ts";
import type { VendorModel } from "./model-list.ts";

/** How a vendor's list differs from what Relais knows of that vendor. Ids carry the provider's prefix. */
export interface ModelChanges {
  /** Served by the vendor, of a kind that Relais can use, and not known. */
  added: string[];
  /** Known as live or deprecated, of a kind that the vendor's list covers, and no longer served. */
  gone: string[];
  /** Known with another last day, or with none. */
  leaving: { id: string; day: string }[];
}

/**
 * Compares. `modalityOf` says what an id that is not known makes; undefined: nothing that Relais can use. `covers` says of
 * which kinds the list holds every model.
 */
export function modelChanges(
  providerId: string,
  {
    known,
    listed,
    modalityOf,
    covers,
  }: {
    known: readonly ModelEntry[];
    listed: readonly VendorModel[];
    modalityOf: (id: string) => Modality | undefined;
    covers: (modality: Modality) => boolean;
  },
): ModelChanges {
  const idOf = (model: VendorModel): string => `${providerId}:${model.id}`;
  const own = new Map(
    known.filter(({ provider }) => provider === providerId).map((model) => [model.id, model]),
  );
  const served = new Set(listed.map(idOf));
  return {
    added: listed
      .map(idOf)
      .filter((id) => !own.has(id) && modalityOf(id) !== undefined)
      .toSorted(),
    gone: [...own.values()]
      .filter(({ id, modality, status }) => status !== "shut_down" && covers(modality) && !served.has(id))
      .map(({ id }) => id),
    leaving: listed.flatMap((model) => {
      const entry = own.get(idOf(model));
      const day = model.shutdownDate;
      return entry && day !== null && entry.shutdown_date !== day ? [{ id: entry.id, day }] : [];
    }),
  };
}
