import { createRoute, z } from "@hono/zod-openapi";
import { getWorkflow } from "../db/workflow-store.ts";
import { ALL } from "../engine/budgets.ts";
import type { CapState } from "../engine/caps.ts";
import type { Language, LocalText, Problem } from "../errors.ts";
import { nanoUsdToUsd, usdToNanoUsd } from "../workflow/money.ts";
import { findTemplate } from "../workflow/templates.ts";
import { apiRoutes, invalid } from "./api-routes.ts";
import { capListSchema, capsBodySchema, type Cap, type CapList } from "./cap-schemas.ts";
import type { AppDependencies } from "./dependencies.ts";
import { localize } from "./language.ts";
import { parseId } from "./path-id.ts";
import { problemResponses } from "./problem.ts";

const LIST = { "application/json": { schema: capListSchema } } as const;

const listCapsRoute = createRoute({
  method: "get",
  path: "/caps",
  operationId: "listCaps",
  summary: "Caps per day, per month and in all, with what is spent, set aside and left",
  description:
    "Those of everything together, of each workflow or template that has one, and of the `scope` that is asked for.",
  request: {
    query: z.object({ scope: z.string().max(200).optional().openapi({ example: "workflow:3" }) }),
  },
  responses: {
    200: { description: "The caps as they stand", content: LIST },
    ...problemResponses(401, 403, 422),
  },
});

const setCapsRoute = createRoute({
  method: "put",
  path: "/caps",
  operationId: "setCaps",
  summary: "Set caps, or take them off with null; what waited goes on where it fits now",
  description:
    "All of them or none. What a person sets wins over the environment. Money that was spent before counts too, that of deleted executions included.",
  request: { body: { required: true, content: { "application/json": { schema: capsBodySchema } } } },
  responses: {
    200: { description: "The caps as they stand now", content: LIST },
    ...problemResponses(400, 401, 403, 413, 415, 422),
  },
});

export function capRoutes(dependencies: AppDependencies) {
  const { engine } = dependencies;
  return apiRoutes()
    .openapi(listCapsRoute, async (c) => {
      const { scope } = c.req.valid("query");
      if (scope !== undefined) await requireScopes(dependencies, [{ scope, path: "scope" }]);
      return c.json(await listOf(dependencies, c.get("language"), scope), 200);
    })
    .openapi(setCapsRoute, async (c) => {
      const { caps } = c.req.valid("json");
      const asked = caps.filter(({ cap_usd }) => cap_usd !== null);
      await requireScopes(
        dependencies,
        asked.map(({ scope }) => ({
          scope,
          path: `caps[${caps.findIndex((cap) => cap.scope === scope)}].scope`,
        })),
      );
      await engine.caps.set(
        caps.map(({ scope, period, cap_usd: usd }) => ({
          scope,
          periodKind: period,
          capNanoUsd: usd === null ? null : usdToNanoUsd(usd),
        })),
      );
      return c.json(await listOf(dependencies, c.get("language")), 200);
    });
}

async function listOf(
  dependencies: AppDependencies,
  language: Language,
  scope: string = ALL,
): Promise<CapList> {
  const { engine, settings } = dependencies;
  const states = await engine.caps.list([scope]);
  const caps: Cap[] = [];
  for (const state of states) caps.push(viewCap(state, await nameOf(dependencies, state.scope, language)));
  const { defaultCapNanoUsd } = settings;
  return {
    caps,
    execution_cap_usd: defaultCapNanoUsd === null ? null : nanoUsdToUsd(defaultCapNanoUsd),
    currency: "USD",
  };
}

function viewCap(state: CapState, name: string | null): Cap {
  const { capNanoUsd, spentNanoUsd, reservedNanoUsd } = state;
  return {
    scope: state.scope,
    name,
    period: state.periodKind,
    date: state.period || null,
    cap_usd: capNanoUsd === null ? null : nanoUsdToUsd(capNanoUsd),
    source: state.source,
    spent_usd: nanoUsdToUsd(spentNanoUsd),
    reserved_usd: nanoUsdToUsd(reservedNanoUsd),
    left_usd:
      capNanoUsd === null ? null : nanoUsdToUsd(Math.max(0, capNanoUsd - spentNanoUsd - reservedNanoUsd)),
    resets_at: state.resetsAt,
  };
}

/** What people call the workflow or template of a scope; null for `all`, and where there is none (any more). */
async function nameOf({ db }: AppDependencies, scope: string, language: Language): Promise<string | null> {
  const [kind, id = ""] = scope.split(":", 2);
  if (kind === "template") {
    const template = findTemplate(id);
    return template ? localize(template.name, language) : null;
  }
  const workflowId = kind === "workflow" ? parseId(id) : null;
  return workflowId === null ? null : ((await getWorkflow(db, workflowId))?.name ?? null);
}

/** @throws RelaisError `invalid_request` where a scope is neither `all` nor a workflow or template that is there. */
async function requireScopes(
  dependencies: AppDependencies,
  scopes: readonly { scope: string; path: string }[],
): Promise<void> {
  const problems: Problem[] = [];
  for (const { scope, path } of scopes) {
    if (scope === ALL || (await nameOf(dependencies, scope, "en")) !== null) continue;
    problems.push({ path, message: SCOPE_RULE });
  }
  if (problems.length > 0) throw invalid(problems);
}

const SCOPE_RULE: LocalText = {
  fr: "donnez « all », « workflow:3 » avec le numéro d’une combinaison enregistrée, ou « template: » suivi du nom d’un template livré, comme « template:creation-contenu ».",
  en: "give “all”, “workflow:3” with the number of a saved workflow, or “template:” with the id of a template that ships, such as “template:creation-contenu”.",
};
