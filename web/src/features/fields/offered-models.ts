import type { OfferedModel } from "../../../../src/workflow/alternatives.ts";
import type { ProviderList } from "../../api/types.ts";

/** The models of the list as ones that could be taken in the place of others. */
export function offeredModels({ providers }: ProviderList): OfferedModel[] {
  return providers.flatMap((provider) =>
    provider.models.map(({ id, modality, status, shutdown_date }) => ({
      id,
      provider: provider.id,
      modality,
      status,
      shutdown_date,
      isOfficial: provider.kind === "vendor",
      isReady: provider.is_configured,
    })),
  );
}
