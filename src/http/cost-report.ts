import { sumCostsBy, type CostGroup, type CostSums, type Period } from "../db/cost-report.ts";
import { listWorkflowNames } from "../db/workflow-store.ts";
import type { Language } from "../errors.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import { findTemplate } from "../workflow/templates.ts";
import type { CostGrouping, CostGroupWire, CostReport, CostSumsWire } from "./cost-schemas.ts";
import type { AppDependencies } from "./dependencies.ts";
import { localize } from "./language.ts";

/** What the database tells apart for each grouping. A modality is that of its models. */
const KEYS: Record<CostGrouping, (keyof CostGroup)[]> = {
  day: ["day"],
  month: ["month"],
  workflow: ["workflowId", "templateId"],
  provider: ["provider"],
  model: ["model"],
  modality: ["model"],
};

type SummedRow = CostGroup & CostSums;

/** What a row is called, by grouping. */
interface Names {
  keyOf(row: SummedRow, by: CostGrouping): string;
  labelOf(key: string, by: CostGrouping): string | null;
}

/** What was spent in a period: in all, and by day, workflow, provider, model or modality. */
export async function reportCosts(
  dependencies: Pick<AppDependencies, "db" | "registry">,
  asked: { period: Period; by: CostGrouping; split: CostGrouping | null },
  language: Language,
): Promise<CostReport> {
  const { period, by, split } = asked;
  const keys = new Set([...KEYS[by], ...(split === null ? [] : KEYS[split])]);
  const rows = await sumCostsBy(dependencies.db, period, [...keys]);
  const names = await namesFor(dependencies, rows, language);
  return {
    ...period,
    by,
    currency: "USD",
    totals: viewSums(rows),
    rows: groupRows(rows, by, names).map(({ group, members }) =>
      split === null
        ? group
        : Object.assign(group, { parts: groupRows(members, split, names).map((part) => part.group) }),
    ),
  };
}

function groupRows(
  rows: SummedRow[],
  by: CostGrouping,
  names: Names,
): { group: CostGroupWire; members: SummedRow[] }[] {
  const groups = Map.groupBy(rows, (row) => names.keyOf(row, by));
  const viewed = [...groups].map(([key, members]) => ({
    group: { key, label: names.labelOf(key, by), ...viewSums(members) },
    members,
  }));
  return viewed.toSorted((one, other) => {
    const byAmount =
      by === "day" || by === "month" ? 0 : (other.group.charged ?? 0) - (one.group.charged ?? 0);
    return byAmount || (one.group.key < other.group.key ? -1 : 1);
  });
}

async function namesFor(
  { db, registry }: Pick<AppDependencies, "db" | "registry">,
  rows: SummedRow[],
  language: Language,
): Promise<Names> {
  const ids = [...new Set(rows.map(({ workflowId }) => workflowId))].filter((id) => id > 0);
  const workflows = await listWorkflowNames(db, ids);
  const templateName = (id: string): string => {
    const template = findTemplate(id);
    return template ? localize(template.name, language) : id;
  };
  const labels: Record<CostGrouping, (key: string) => string | null> = {
    day: (key) => key,
    month: (key) => key,
    workflow: (key) => (key === "" ? null : (workflows.get(Number(key)) ?? templateName(key))),
    provider: (key) => registry.providerName(key) ?? key,
    model: (key) => key,
    modality: (key) => key || null,
  };
  const keys: Record<CostGrouping, (row: SummedRow) => string> = {
    day: ({ day }) => day,
    month: ({ month }) => month,
    workflow: ({ workflowId, templateId }) => (workflowId > 0 ? String(workflowId) : templateId),
    provider: ({ provider }) => provider,
    model: ({ model }) => model,
    modality: ({ model }) => registry.resolve(model)?.modality ?? "",
  };
  return { keyOf: (row, by) => keys[by](row), labelOf: (key, by) => labels[by](key) };
}

function viewSums(rows: readonly CostSums[]): CostSumsWire {
  const sum = (key: keyof CostSums): number => rows.reduce((total, row) => total + row[key], 0);
  const charged = sum("chargedNanoUsd");
  const isFloor = sum("unknownCalls") + sum("inDoubtCalls") > 0;
  return {
    calls: sum("calls"),
    charged: charged === 0 && isFloor ? null : nanoUsdToUsd(charged),
    is_floor: isFloor,
    unknown_calls: sum("unknownCalls"),
    failed_calls: sum("failedCalls"),
    failed_billed: { calls: sum("failedBilledCalls"), charged: nanoUsdToUsd(sum("failedBilledNanoUsd")) },
    unused: { calls: sum("unusedCalls"), charged: nanoUsdToUsd(sum("unusedNanoUsd")) },
    in_doubt: {
      calls: sum("inDoubtCalls"),
      up_to: sum("inDoubtUnpricedCalls") > 0 ? null : nanoUsdToUsd(sum("inDoubtNanoUsd")),
    },
    reused: { steps: sum("reusedSteps"), saved: nanoUsdToUsd(sum("savedNanoUsd")) },
  };
}
