import type { Execution } from "../http/schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { API } from "./follow.ts";
import { atMostText, costText, elapsedText } from "./number-text.ts";

const NANO_USD_PER_CENT = 10_000_000;

/** The Relais that takes the answer to what an execution waits for. */
interface ServerToAsk {
  /** Null where Relais ran inside the command and has ended with it. */
  serverUrl: string | null;
  /** Whether it asks for an access token. */
  needsToken: boolean;
}

/** What a person is told when a run has ended or waits: how it went, what it cost, what to do, where the files are. */
export function summaryOf(
  execution: Execution,
  { files, ...server }: { files: string[] } & ServerToAsk,
): LocalText[] {
  const waiting = execution.status === "waiting" ? [waitingLine(execution, server)] : [];
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
      return { fr: `Exécution ${id} terminée en ${took}.`, en: `Run ${id} completed in ${took}.` };
    case "failed":
      return {
        fr: `Exécution ${id} échouée : ${error_message ?? ""}`,
        en: `Run ${id} failed: ${error_message ?? ""}`,
      };
    case "cancelled":
      return { fr: `Exécution ${id} annulée.`, en: `Run ${id} cancelled.` };
    case "waiting":
      return { fr: `Exécution ${id} en attente.`, en: `Run ${id} is waiting.` };
    case "pending":
    case "running":
    default:
      return { fr: `Exécution ${id} en cours.`, en: `Run ${id} is under way.` };
  }
}

/** What the execution waits for, and how to answer it. */
function waitingLine(execution: Execution, server: ServerToAsk): LocalText {
  const { id, waiting_for } = execution;
  const step = waiting_for?.step_number ?? 1;
  const amount = waiting_for?.amount_usd ?? null;
  const most: LocalText =
    amount === null
      ? { fr: "un montant inconnu", en: "an unknown amount" }
      : { fr: `${atMostText(amount, "fr")} au plus`, en: `${atMostText(amount, "en")} at most` };
  const origin = server.serverUrl ?? "http://127.0.0.1:8000";
  const begin: LocalText =
    server.serverUrl === null
      ? { fr: "Démarrez Relais (npm start), puis répondez", en: "Start Relais (npm start), then answer" }
      : { fr: "Répondez", en: "Answer" };
  const page = `${origin}/combinations/executions/${id}`;
  const answer = (decision: object): string =>
    curl(server, `${origin}${API}/executions/${id}/decision`, decision);
  const cancel = curl(server, `${origin}${API}/executions/${id}/cancel`);
  if (waiting_for?.cap && waiting_for.cap.scope !== "execution") {
    const { scope, period } = waiting_for.cap;
    const flags = `--${period} ${capNeeded(execution)}${scope === "all" ? "" : ` --for ${scope.split(":")[1]}`}`;
    return {
      fr: `L’étape ${step} pourrait coûter ${most.fr}, plus qu’un plafond de dépenses ne permet : rien n’a été envoyé. L’exécution reprendra d’elle-même, tant qu’un serveur tourne, quand il y aura de la place ; ou relevez le plafond : relais caps set ${flags}\nPour annuler plutôt : ${cancel}`,
      en: `Step ${step} could cost ${most.en}, more than a spending cap allows: nothing was sent. The run goes on by itself, while a server runs, when there is room; or raise the cap: relais caps set ${flags}\nTo cancel instead: ${cancel}`,
    };
  }
  if (waiting_for?.reason === "cap") {
    const raise = answer({ decision: "raise_cap", step_number: step, cap_usd: capNeeded(execution) });
    return {
      fr: `L’étape ${step} pourrait coûter ${most.fr}, plus que le plafond ne permet : rien n’a été envoyé. ${begin.fr} sur la page ${page}, ou relevez le plafond : ${raise}\nPour annuler plutôt : ${cancel}`,
      en: `Step ${step} could cost ${most.en}, more than the cap allows: nothing was sent. ${begin.en} on the page ${page}, or raise the cap: ${raise}\nTo cancel instead: ${cancel}`,
    };
  }
  if (waiting_for?.reason === "approval") {
    const decide = (decision: string): string => `relais decide ${id} ${decision}`;
    return {
      fr: `L’étape ${step} attend votre accord sur son résultat ; rien ne part de lui avant.${limitOf(execution).fr} ${decide("approve")} l’approuve, ${decide("reject")} le refuse ; la page ${page} permet aussi de le modifier.`,
      en: `Step ${step} waits for you to approve its result; nothing starts from it before.${limitOf(execution).en} ${decide("approve")} approves it, ${decide("reject")} rejects it; on the page ${page} you can edit it too.`,
    };
  }
  const item = waiting_for?.item;
  const retry = answer({ decision: "retry", step_number: step, ...(item !== undefined && { item }) });
  const place: LocalText =
    item === undefined
      ? { fr: `l’étape ${step}`, en: `step ${step}` }
      : { fr: `l’étape ${step}, élément ${item + 1},`, en: `step ${step}, item ${item + 1},` };
  return {
    fr: `L’appel de ${place.fr} est parti sans que sa réponse soit connue : il a peut-être été facturé (${most.fr}). ${begin.fr} sur la page ${page}, ou par : ${retry} («\u00a0give_up\u00a0» pour abandonner l’étape).`,
    en: `The call of ${place.en} left and its answer is not known: it may have been billed (${most.en}). ${begin.en} on the page ${page}, or with: ${retry} (“give_up” to drop the step).`,
  };
}

/** Until when an approval is waited for; empty where that is without a limit. */
function limitOf({ waiting_for, steps_data }: Execution): LocalText {
  const step = steps_data.find(({ step_number }) => step_number === waiting_for?.step_number);
  const until = step?.decide_by ?? null;
  if (until === null) return { fr: "", en: "" };
  const time = (locale: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(until));
  return {
    fr: ` Sans réponse le ${time("fr-FR")}, il sera refusé.`,
    en: ` Unanswered by ${time("en-US")}, it counts as rejected.`,
  };
}

/** A POST as a line for a shell. The token stays in its variable: what is shown here may be copied anywhere. */
function curl({ needsToken }: ServerToAsk, url: string, body?: object): string {
  const token = needsToken ? ' -H "Authorization: Bearer $RELAIS_ACCESS_TOKEN"' : "";
  const content =
    body === undefined ? "" : ` -H "Content-Type: application/json" -d '${JSON.stringify(body)}'`;
  return `curl -X POST ${url}${token}${content}`;
}

/** The cap that the execution needs, rounded up to a cent so that it fits. */
function capNeeded({ waiting_for, total_cost }: Execution): number {
  const needed = waiting_for?.cap_needed_usd ?? total_cost + (waiting_for?.amount_usd ?? 1);
  return Math.ceil(usdToNanoUsd(needed) / NANO_USD_PER_CENT) / 100;
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
