import type { BudgetKey } from "../db/budget-store.ts";
import { RelaisError, type LocalText } from "../errors.ts";
import { ALL, batchOfScope, kindOf } from "./budgets.ts";

/** Whose money a shared budget counts, as it stands in a sentence. */
const OF_WHOM: Record<"all" | "workflow" | "template", LocalText> = {
  all: { fr: "de toutes les exécutions", en: "of all runs together" },
  workflow: { fr: "de cette combinaison", en: "of this workflow" },
  template: { fr: "de ce template", en: "of this template" },
};

const PERIODS: Record<"day" | "month" | "total", LocalText> = {
  day: { fr: "du jour", en: "of the day" },
  month: { fr: "du mois", en: "of the month" },
  total: { fr: "en tout", en: "in all" },
};

/** What is told who wants to raise the cap of an execution that waits for another one. */
export function sharedCapReached({ scope, period }: BudgetKey): RelaisError {
  const kind = kindOf(period);
  const batchId = batchOfScope(scope);
  if (batchId !== null) return batchCapReached(batchId);
  const whom = OF_WHOM[scope === ALL ? "all" : scope.startsWith("workflow:") ? "workflow" : "template"];
  const when = PERIODS[kind];
  const wait = {
    day: { fr: " ou attendez demain (UTC)", en: " or wait until tomorrow (UTC)" },
    month: { fr: " ou attendez le mois prochain (UTC)", en: " or wait until next month (UTC)" },
    total: { fr: "", en: "" },
  }[kind];
  return new RelaisError("conflict", {
    fr: `L’étape n’attend pas le plafond de son exécution mais le plafond ${whom.fr} (${when.fr}). Rien n’a été envoyé ni facturé. Relevez-le dans les réglages ou par PUT /caps${wait.fr} : l’exécution reprendra d’elle-même.`,
    en: `The step does not wait for the cap of its execution but for the cap ${whom.en} (${when.en}). Nothing was sent or billed. Raise it in the settings or by PUT /caps${wait.en}: the execution then goes on by itself.`,
  });
}

function batchCapReached(batchId: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’étape n’attend pas le plafond de son exécution mais celui de tout le lot ${batchId}. Rien n’a été envoyé ni facturé. Relevez-le sur la page du lot ou par POST /batches/${batchId}/cap : l’exécution reprendra d’elle-même.`,
    en: `The step does not wait for the cap of its execution but for that of the whole batch ${batchId}. Nothing was sent or billed. Raise it on the page of the batch or by POST /batches/${batchId}/cap: the execution then goes on by itself.`,
  });
}
