import { z } from "zod";
import type { ProviderLimits } from "../engine/provider-room.ts";
import { PROVIDER_SETTINGS } from "../providers/registry.ts";

const RULE = /^(?<provider>[a-z0-9-]+)=(?:none|(?<atOnce>\d{1,5})?(?:\/(?<aMinute>\d{1,6}))?)$/;

/** What may be limited: everything but what is built in, which has a bound of its own. */
export const LIMITED_PROVIDERS: readonly string[] = PROVIDER_SETTINGS.filter(
  ({ kind }) => kind !== "built_in",
).map(({ id }) => id);

/** `openai=10/60,elevenlabs=4,mistral=/30,comfyui=none`: by provider, calls at once, calls a minute, or as many as there are. */
export const providerLimits = z
  .string()
  .transform((list) => list.split(",").map((rule) => readRule(rule.trim())))
  .refine((rules) => rules.every((rule) => rule !== null))
  .transform((rules) => rules.filter((rule) => rule !== null));

function readRule(rule: string): [string, ProviderLimits] | null {
  const { provider = "", atOnce, aMinute } = RULE.exec(rule)?.groups ?? {};
  const limits = { atOnce: countOf(atOnce), aMinute: countOf(aMinute) };
  const isNone = rule === `${provider}=none`;
  const hasLimit = limits.atOnce !== null || limits.aMinute !== null;
  if (!LIMITED_PROVIDERS.includes(provider) || isNone === hasLimit) return null;
  if (limits.atOnce === 0 || limits.aMinute === 0) return null;
  return [provider, limits];
}

function countOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/** How many calls each provider may have: as set, otherwise as the vendor says or as a machine of one's own can bear. */
export function limitsOfProviders(
  rules: readonly [string, ProviderLimits][],
): Record<string, ProviderLimits> {
  const shipped = PROVIDER_SETTINGS.map(({ id, limits }): [string, ProviderLimits] => [
    id,
    { atOnce: limits?.atOnce ?? null, aMinute: limits?.aMinute ?? null },
  ]);
  return Object.fromEntries([...shipped, ...rules].filter(([id]) => LIMITED_PROVIDERS.includes(id)));
}
