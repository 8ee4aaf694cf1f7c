import { createRoute, z } from "@hono/zod-openapi";
import { canCheckKey, checkKey } from "../providers/key-check.ts";
import { PROVIDER_SETTINGS, type ProviderFacts, type Registry } from "../providers/registry.ts";
import { RelaisError } from "../errors.ts";
import type { KeyRing } from "../providers/key-ring.ts";
import { LOCAL_PROVIDER } from "../workflow/unlisted-model.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { keyBodySchema, keyTestSchema, type KeyState } from "./key-schemas.ts";
import {
  keyVerdict,
  secretKeyMissing,
  setByEnvironment,
  unknownProvider,
  unknownVariable,
} from "./key-sentences.ts";
import { localize } from "./language.ts";
import { problemResponses } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";

/** How long a vendor gets to answer a question that costs nothing. */
const TEST_TIMEOUT_MS = 10_000;
const CHANGES_A_MINUTE = 60;
const TESTS_A_MINUTE = 30;

const variableParameter = z.object({ variable: z.string().max(100) });

const setKeyRoute = createRoute({
  method: "put",
  path: "/keys/{variable}",
  operationId: "setKey",
  summary: "Stores a provider's key, encrypted; it holds at once, and is never given back",
  request: {
    params: variableParameter,
    body: { required: true, content: { "application/json": { schema: keyBodySchema } } },
  },
  responses: {
    204: { description: "Stored" },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429),
  },
});

const removeKeyRoute = createRoute({
  method: "delete",
  path: "/keys/{variable}",
  operationId: "removeKey",
  summary: "Removes a key that was stored; one of the environment stays",
  request: { params: variableParameter },
  responses: { 204: { description: "Gone" }, ...problemResponses(401, 403, 404, 429) },
});

const testKeyRoute = createRoute({
  method: "post",
  path: "/providers/{provider}/test",
  operationId: "testKey",
  summary: "Asks the vendor something that costs nothing, to see whether it takes the key",
  request: { params: z.object({ provider: z.string().max(100) }) },
  responses: {
    200: { description: "What came of it", content: { "application/json": { schema: keyTestSchema } } },
    ...problemResponses(401, 403, 404, 422, 429),
  },
});

export function keyRoutes({ registry, keys, outbound }: AppDependencies) {
  const changes = new RateLimit(CHANGES_A_MINUTE, {
    fr: "Trop de clés ont été changées en peu de temps. Rien n’a été enregistré. Attendez une minute, puis recommencez.",
    en: "Too many keys were changed in a short time. Nothing was stored. Wait a minute, then try again.",
  });
  const tests = new RateLimit(TESTS_A_MINUTE, {
    fr: "Trop de clés ont été testées en peu de temps. Rien n’a été envoyé. Attendez une minute, puis recommencez.",
    en: "Too many keys were tested in a short time. Nothing was sent. Wait a minute, then try again.",
  });
  return apiRoutes()
    .openapi(setKeyRoute, async (c) => {
      const { variable } = c.req.valid("param");
      const { value } = c.req.valid("json");
      changes.take();
      const provider = providerOf(variable);
      if (!keys.canStore) throw secretKeyMissing();
      if (registry.keySource(provider.id) === "environment") throw setByEnvironment(variable);
      await keys.store(variable, value);
      return c.body(null, 204);
    })
    .openapi(removeKeyRoute, async (c) => {
      const { variable } = c.req.valid("param");
      changes.take();
      providerOf(variable);
      await keys.remove(variable);
      return c.body(null, 204);
    })
    .openapi(testKeyRoute, async (c) => {
      const { provider: id } = c.req.valid("param");
      const facts = PROVIDER_SETTINGS.find((one) => one.id === id && one.id !== LOCAL_PROVIDER);
      if (!facts) throw unknownProvider();
      tests.take();
      const missing = registry.missingSettings(id);
      if (missing.length > 0) throw notSetUp(facts, missing);
      const signal = AbortSignal.timeout(TEST_TIMEOUT_MS);
      const check = await checkKey(id, { outbound, config: registry.config(id), signal });
      const verdict = keyVerdict(check, { provider: facts.name, variable: facts.settings.apiKey });
      return c.json({ ...verdict, message: localize(verdict.message, c.get("language")) }, 200);
    });
}

/** @throws RelaisError `not_found` where no provider has a key under this name. */
function providerOf(variable: string): ProviderFacts {
  const provider = PROVIDER_SETTINGS.find(({ settings }) => settings.apiKey === variable);
  if (!provider) throw unknownVariable();
  return provider;
}

function notSetUp({ name }: ProviderFacts, missing: string[]): RelaisError {
  const list = missing.join(", ");
  return new RelaisError("provider_not_configured", {
    fr: `Il manque ${list} : il n’y a rien à tester chez ${name}. Rien n’a été envoyé. Enregistrez d’abord la clé.`,
    en: `${list} is missing: there is nothing to test with ${name}. Nothing was sent. Store the key first.`,
  });
}

/** What may be told of a provider's key; null where it has none. */
export function viewKey(
  { id, settings, keyPage }: ProviderFacts,
  { registry, keys }: { registry: Registry; keys: KeyRing },
): KeyState | null {
  const variable = settings.apiKey;
  if (variable === null) return null;
  const stored = keys.stateOf(variable);
  return {
    variable,
    source: registry.keySource(id),
    can_store: keys.canStore,
    is_stored: stored !== null,
    ending: stored?.ending ?? null,
    problem: stored?.problem ?? null,
    stored_at: stored?.updatedAt ?? null,
    key_page: keyPage,
    can_test: canCheckKey(id),
  };
}
