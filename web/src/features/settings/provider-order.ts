import type { ProviderWire } from "../../api/types.ts";

/** Those that most people begin with; in this order. */
const POPULAR = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "elevenlabs",
  "black-forest-labs",
  "runway",
  "replicate",
];

export type ProviderGroup = "inUse" | "popular" | "others" | "gateways" | "ownMachine";

const GROUPS: readonly ProviderGroup[] = ["inUse", "popular", "others", "gateways", "ownMachine"];

function groupOf(provider: ProviderWire): ProviderGroup {
  if (provider.is_configured || provider.key?.is_stored === true) return "inUse";
  if (provider.kind === "gateway") return "gateways";
  if (provider.kind === "own_machine") return "ownMachine";
  return POPULAR.includes(provider.id) ? "popular" : "others";
}

/** Providers that can be set up, in the groups in which they are shown; groups without any are left out. */
export function groupProviders(
  providers: readonly ProviderWire[],
): { group: ProviderGroup; providers: ProviderWire[] }[] {
  const shown = providers.filter(({ kind }) => kind !== "built_in");
  return GROUPS.map((group) => {
    const ofGroup = shown.filter((provider) => groupOf(provider) === group);
    return {
      group,
      providers:
        group === "popular"
          ? ofGroup.toSorted((a, b) => POPULAR.indexOf(a.id) - POPULAR.indexOf(b.id))
          : ofGroup,
    };
  }).filter((entry) => entry.providers.length > 0);
}

/** Providers whose name, id, variable or media hold what was typed. */
export function searchProviders(
  providers: readonly ProviderWire[],
  text: string,
  wordOf: (modality: ProviderWire["modalities"][number]) => string,
): ProviderWire[] {
  const wanted = plain(text);
  return providers.filter((provider) => {
    const { kind, name, id, modalities, api_key_setting: key, base_url_setting: address } = provider;
    const words = [name, id, key ?? "", address ?? "", ...modalities.map(wordOf)];
    return kind !== "built_in" && words.some((word) => plain(word).includes(wanted));
  });
}

/** Without accents and capitals. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .trim()
    .toLowerCase();
}
