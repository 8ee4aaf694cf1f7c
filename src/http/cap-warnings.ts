import { ALL, scopeOf } from "../engine/budgets.ts";
import type { CapState } from "../engine/caps.ts";
import type { NewExecution } from "../engine/engine.ts";
import type { LocalText, Problem } from "../errors.ts";
import { moneyText } from "../workflow/money.ts";
import { estimateOf } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";

/** Caps that a live run is sure to reach, even where it costs no more than its low estimate. It is started all the same. */
export async function capWarnings(
  dependencies: AppDependencies,
  execution: Pick<NewExecution, "steps" | "workflowId" | "templateId" | "initialInput" | "inputs">,
): Promise<Problem[]> {
  const scope = scopeOf(execution) ?? ALL;
  const caps = (await dependencies.engine.caps.list([scope])).filter(
    (cap) => cap.capNanoUsd !== null && (cap.scope === ALL || cap.scope === scope),
  );
  const { total } = await estimateOf(dependencies, {
    definition: execution,
    origin: execution,
    topic: execution.initialInput === "" ? null : execution.initialInput,
    inputs: execution.inputs,
  });
  return caps.flatMap((cap) => {
    const left = Math.max(0, (cap.capNanoUsd ?? 0) - cap.spentNanoUsd - cap.reservedNanoUsd);
    return total.lowNanoUsd > left
      ? [{ path: "", message: warning(cap, { low: total.lowNanoUsd, left }) }]
      : [];
  });
}

const NAMES: Record<CapState["periodKind"], LocalText> = {
  day: { fr: "plafond du jour", en: "cap of the day" },
  month: { fr: "plafond du mois", en: "cap of the month" },
  total: { fr: "plafond en tout", en: "cap in all" },
};

function warning(cap: CapState, amounts: { low: number; left: number }): LocalText {
  const name = NAMES[cap.periodKind];
  const whose: LocalText =
    cap.scope === ALL
      ? { fr: "de toutes les exécutions", en: "of all runs together" }
      : { fr: "de cette combinaison", en: "of this workflow" };
  const [low, left] = [moneyText(amounts.low), moneyText(amounts.left)];
  return {
    fr: `Cette exécution coûtera au moins ${low.fr}, et il reste ${left.fr} sous le ${name.fr} (${whose.fr}) : elle attendra en route, sans rien perdre.`,
    en: `This run will cost at least ${low.en}, and ${left.en} is left under the ${name.en} (${whose.en}): it will wait on its way, without losing anything.`,
  };
}
