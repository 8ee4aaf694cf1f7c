import { isNearbyHost } from "../net/address.ts";
import { LOCAL_PROVIDER } from "../workflow/unlisted-model.ts";
import type { ProviderFacts } from "./catalogue-data.ts";
import { isCloudModel } from "./local-servers.ts";
import type { ProviderConfig } from "./provider.ts";

/**
 * Whether nobody bills a call of this model: it is built in, or a server of the person's own runs it on their machine or in
 * their private network. A server elsewhere may be rented, and one that speaks OpenAI's language for anyone may lead to a
 * vendor that is paid: what those cost is not known.
 */
export function costsNothing(modelId: string, provider: ProviderFacts, { baseUrl }: ProviderConfig): boolean {
  if (provider.id === LOCAL_PROVIDER) return true;
  if (provider.kind !== "own_machine" || baseUrl === null) return false;
  if (provider.id === "ollama" && isCloudModel(modelId)) return false;
  return isNearbyHost(new URL(baseUrl).hostname);
}
