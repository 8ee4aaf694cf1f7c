import type { Execution } from "../http/schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import { API } from "./follow.ts";
import { costText, elapsedText, usdText } from "./number-text.ts";

/** What a person is told when a run has ended or waits: how it went, what it cost, what to do, where the files are. */
export function summaryOf(
  execution: Execution,
  { files, serverUrl }: { files: string[]; serverUrl: string | null },
): LocalText[] {
  const waiting = execution.status === "waiting" ? [waitingLine(execution, serverUrl)] : [];
  return [
    outcome(execution),
    ...waiting,
    costLine(execution),
    ...files.map((file) => ({ fr: file, en: file })),
  ];
}

function outcome(execution: Execution): LocalText {
  const { id, status, started_at, completed_at, error_message } = execution;
  const took = elapsedText(
    started_at && completed_at ? Date.parse(completed_at) - Date.parse(started_at) : 0,
  );
  switch (status) {
    case "completed":
      return { fr: `Exécution ${id} terminée en ${took}.`, en: `Execution ${id} completed in ${took}.` };
    case "failed":
      return {
        fr: `Exécution ${id} échouée : ${error_message ?? ""}`,
        en: `Execution ${id} failed: ${error_message ?? ""}`,
      };
    case "cancelled":
      return { fr: `Exécution ${id} annulée.`, en: `Execution ${id} cancelled.` };
    case "waiting":
      return { fr: `Exécution ${id} en attente.`, en: `Execution ${id} is waiting.` };
    case "pending":
    case "running":
    default:
      return { fr: `Exécution ${id} en cours.`, en: `Execution ${id} is under way.` };
  }
}

/** What the execution waits for, and how to answer it. */
function waitingLine(execution: Execution, serverUrl: string | null): LocalText {
  const { id, waiting_for, total_cost } = execution;
  const step = waiting_for?.step_number ?? 1;
  const amount = waiting_for?.amount_usd ?? null;
  const money = (language: Language): string => (amount === null ? "?" : usdText(amount, language));
  const isCap = waiting_for?.reason === "cap";
  const reason: LocalText = isCap
    ? {
        fr: `L'étape ${step} pourrait coûter ${money("fr")}, plus que le plafond ne permet : rien n'a été envoyé.`,
        en: `Step ${step} could cost ${money("en")}, more than the cap allows: nothing was sent.`,
      }
    : {
        fr: `L'appel de l'étape ${step} est parti sans que sa réponse soit connue : il a peut-être été facturé (${money("fr")} au plus).`,
        en: `The call of step ${step} left and its answer is not known: it may have been billed (${money("en")} at most).`,
      };
  const decision = isCap
    ? { decision: "raise_cap", step_number: step, cap_usd: upToCent(total_cost + (amount ?? 1)) }
    : { decision: "retry", step_number: step };
  const origin = serverUrl ?? "http://127.0.0.1:8000";
  const command = `curl -X POST ${origin}${API}/executions/${id}/decision -H "Content-Type: application/json" -d '${JSON.stringify(decision)}'`;
  const page = `${origin}/combinations/executions/${id}`;
  const begin: LocalText =
    serverUrl === null
      ? { fr: "Démarrez Relais (npm start), puis répondez", en: "Start Relais (npm start), then answer" }
      : { fr: "Répondez", en: "Answer" };
  return {
    fr: `${reason.fr} ${begin.fr} sur la page ${page}, ou par : ${command} (« give_up » pour abandonner l'étape).`,
    en: `${reason.en} ${begin.en} on the page ${page}, or with: ${command} (“give_up” to drop the step).`,
  };
}

/** So that the cap that is suggested fits what is asked for. */
function upToCent(usd: number): number {
  return Math.ceil(usd * 100) / 100;
}

function costLine(execution: Execution): LocalText {
  const { total_cost, cost_basis, mode, live_cost } = execution;
  const cost = (language: Language): string => costText(total_cost, cost_basis, language);
  const live = (language: Language): string => costText(live_cost, "estimated", language);
  return mode === "rehearsal"
    ? {
        fr: `Coût : ${cost("fr")} (répétition par les générateurs locaux\u202f; en réel : ${live("fr")}).`,
        en: `Cost: ${cost("en")} (rehearsed by local generators; live: ${live("en")}).`,
      }
    : { fr: `Coût : ${cost("fr")}.`, en: `Cost: ${cost("en")}.` };
}
