import { createRoute } from "@hono/zod-openapi";
import type { Language } from "../errors.ts";
import { isShippedPrice, pricesOf, type Price, type PriceList } from "../pricing/price-list.ts";
import { freePrice, usualPrice } from "../pricing/usual-price.ts";
import {
  requiredSettings,
  type ModelEntry,
  type ProviderFacts,
  type Registry,
} from "../providers/registry.ts";
import { baseUrlOf } from "../providers/vendor-call.ts";
import type { Json } from "../workflow/values.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { viewKey } from "./keys.ts";
import { localize } from "./language.ts";
import { priceCondition } from "./price-condition.ts";
import { problemResponses } from "./problem.ts";
import { providerListSchema, type ProviderList, type ProviderWire } from "./provider-schemas.ts";
import { today } from "./today.ts";

const listProvidersRoute = createRoute({
  method: "get",
  path: "/providers",
  operationId: "listProviders",
  summary: "Providers, models and prices, and whether keys are set (never the keys)",
  responses: {
    200: { description: "All of them", content: { "application/json": { schema: providerListSchema } } },
    ...problemResponses(401, 403),
  },
});

export function providerRoutes({ registry, prices, settings, keys }: AppDependencies) {
  return apiRoutes().openapi(listProvidersRoute, (c) => {
    const language = c.get("language");
    const providers = registry
      .providers()
      .map((provider) => viewProvider(provider, { registry, prices, settings, keys, language }));
    return c.json({ providers, families: viewFamilies(registry, language) }, 200);
  });
}

function viewProvider(
  provider: ProviderFacts,
  sources: Pick<AppDependencies, "registry" | "prices" | "settings" | "keys"> & { language: Language },
): ProviderWire {
  const { registry, prices, settings, language } = sources;
  const missing = registry.missingSettings(provider.id);
  const limits = settings.providerLimits[provider.id];
  return {
    id: provider.id,
    name: provider.name,
    kind: provider.kind,
    documentation: provider.documentation,
    modalities: provider.modalities,
    is_configured: missing.length === 0,
    required_settings: requiredSettings(provider),
    missing_settings: missing,
    api_key_setting: provider.settings.apiKey,
    base_url_setting: provider.settings.baseUrl,
    host: hostOf(baseUrlOf(provider, registry.config(provider.id))),
    key: viewKey(provider, sources),
    calls_at_once: limits?.atOnce ?? null,
    calls_a_minute: limits?.aMinute ?? null,
    unlisted: provider.unlisted,
    models: registry
      .models()
      .filter((model) => model.provider === provider.id)
      .map((model) => viewModel(model, { registry, prices, language })),
  };
}

function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).host : null;
}

function viewModel(
  model: ModelEntry,
  { registry, prices, language }: { registry: Registry; prices: PriceList; language: Language },
): ProviderWire["models"][number] {
  const usual = registry.isFree(model.id) ? freePrice(model) : usualPrice(prices, model, today());
  return {
    id: model.id,
    modality: model.modality,
    takes: model.takes,
    requires: model.requires ?? [],
    takes_instructions: model.takes_instructions,
    parameters: asJson(model.parameters),
    composed: model.composed ?? null,
    status: model.status,
    shutdown_date: model.shutdown_date,
    replacement: model.replacement,
    usual_price: { unit: usual.unit, usd: usual.usd, output_usd: usual.outputUsd, basis: usual.basis },
    prices: pricesOf(prices, model.id, today()).map((price) => viewPrice(price, model, language)),
  };
}

function viewPrice(price: Price, model: ModelEntry, language: Language) {
  return {
    unit: price.unit,
    usd: Number(price.usd),
    per: price.per,
    condition: priceCondition(price, model, language),
    source: price.source,
    checked: price.checked,
    is_approximate: price.is_approximate,
    is_own: !isShippedPrice(price),
  };
}

function viewFamilies(registry: Registry, language: Language): ProviderList["families"] {
  return registry.families().flatMap((family) => {
    const model = registry.resolve(family.model);
    if (!model) return [];
    return [
      {
        id: family.id,
        label: family.label,
        model: model.id,
        modality: model.modality,
        note: family.note && localize(family.note, language),
        standing: family.standing,
        is_configured: registry.missingSettings(model.provider).length === 0,
      },
    ];
  });
}

/** Descriptions of parameters are plain data; what is undefined in them is left out, as JSON does. */
function asJson(value: object): Record<string, Json> {
  const json: Record<string, Json> = JSON.parse(JSON.stringify(value));
  return json;
}
