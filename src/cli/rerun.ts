import type { Language, LocalText } from "../errors.ts";
import {
  rerunAnswerSchema,
  rerunEstimateSchema,
  type RerunBody,
  type RerunEstimate,
} from "../http/rerun-schemas.ts";
import type { MakeReason } from "../workflow/rerun-plan.ts";
import { connect, type Client } from "./client.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { API } from "./follow.ts";
import { costText, usdText } from "./number-text.ts";
import { refusal } from "./refusal.ts";
import { makeFolder } from "./result-files.ts";
import { seeThrough, type Started } from "./see-through.ts";
import type { Terminal } from "./terminal.ts";

export interface RerunOptions {
  executionId: number;
  /** Null: only what is missing. */
  fromStep: number | null;
  failedItemsOnly: boolean;
  /** Whether the steps are those of the workflow now, rather than those of that execution. */
  usesCurrentSteps: boolean;
  /** Whether only what would happen is said. */
  isDryRun: boolean;
  reusesResults: boolean;
  /** Null: a new folder named after the new execution. */
  outFolder: string | null;
  /** Null: that of the execution. */
  capUsd: number | null;
}

/** `relais rerun`: makes a new execution of an earlier one, after saying what that keeps and costs. */
export async function rerun(
  settings: Settings,
  options: RerunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.outFolder !== null && !options.isDryRun) await makeFolder(options.outFolder);
  const client = await connect(settings, terminal.language);
  const body = bodyOf(options);
  if (options.isDryRun) {
    return await preview(client, options.executionId, { body, terminal }).finally(() =>
      client.close({ graceMs: 0 }),
    );
  }
  return await seeThrough({ client, settings, terminal, outFolder: options.outFolder }, async () => {
    await preview(client, options.executionId, { body, terminal });
    return await start(client, options.executionId, body);
  });
}

function bodyOf(options: RerunOptions): RerunBody {
  return {
    ...(options.fromStep !== null && { from_step: options.fromStep }),
    failed_items: options.failedItemsOnly,
    definition: options.usesCurrentSteps ? "current" : "original",
    ...(options.capUsd !== null && { cap_usd: options.capUsd }),
    ...(options.reusesResults && { reuse: true }),
  };
}

async function preview(
  client: Client,
  id: number,
  { body, terminal }: { body: RerunBody; terminal: Terminal },
): Promise<ExitCode> {
  const estimate = await client.json(rerunEstimateSchema, `${API}/executions/${id}/rerun/estimate`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  for (const line of planLines(estimate)) terminal.print(line);
  return EXIT.completed;
}

async function start(client: Client, id: number, body: RerunBody): Promise<Started> {
  const answer = await client.fetch(`${API}/executions/${id}/rerun`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw await refusal(answer);
  const { execution_id, total_steps, warnings } = rerunAnswerSchema.parse(await answer.json());
  return { id: execution_id, totalSteps: total_steps, warnings };
}

/** What would be kept and made, a line a step, and the sum. */
function planLines(estimate: RerunEstimate): LocalText[] {
  const steps = estimate.plan.map((step): LocalText => {
    const name = step.name === null ? "" : ` ${step.name}`;
    const fate = step.reason === null ? KEPT[step.action] : REASONS[step.reason];
    return {
      fr: `Étape ${step.step_number}${name} : ${fate.fr}`,
      en: `Step ${step.step_number}${name}: ${fate.en}`,
    };
  });
  return [...steps, sumLine(estimate)];
}

function sumLine(estimate: RerunEstimate): LocalText {
  const { reused_count: reused, made_count: made } = estimate;
  const cost = (language: Language): string =>
    costText(estimate.estimated_cost, estimate.cost_basis === "free" ? "free" : "estimated", language);
  const saved = (language: Language): string => usdText(estimate.saved_usd, language);
  const hadCost: LocalText =
    estimate.saved_usd > 0
      ? { fr: ` (avaient coûté ${saved("fr")})`, en: ` (had cost ${saved("en")})` }
      : { fr: "", en: "" };
  return {
    fr: `Réutilisés : ${reused}, ${usdText(0, "fr")}${hadCost.fr}\u202f; à produire : ${made}, ${cost("fr")}.`,
    en: `Reused: ${reused}, ${usdText(0, "en")}${hadCost.en}; to make: ${made}, ${cost("en")}.`,
  };
}

const KEPT: Record<RerunEstimate["plan"][number]["action"], LocalText> = {
  reuse: { fr: "réutilisée", en: "reused" },
  replace: { fr: "donnée à la main", en: "given by hand" },
  take: { fr: "prise choisie", en: "take chosen" },
  make: { fr: "à produire", en: "to make" },
};

const REASONS: Record<MakeReason, LocalText> = {
  asked: KEPT.make,
  other_mode: {
    fr: "à produire (rien d’une répétition ne compte)",
    en: "to make (nothing of a rehearsal counts)",
  },
  new: { fr: "à produire (nouvelle)", en: "to make (new)" },
  changed: { fr: "à produire (elle a changé)", en: "to make (it has changed)" },
  in_doubt: {
    fr: "à produire (un appel précédent a peut-être été facturé)",
    en: "to make (an earlier call may have been billed)",
  },
  no_result: { fr: "à produire (pas de résultat)", en: "to make (no result)" },
  items: { fr: "à produire (éléments sans résultat)", en: "to make (items without a result)" },
  follows: { fr: "à produire (en découle)", en: "to make (follows from it)" },
};
