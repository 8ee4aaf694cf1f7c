import { problemSchema, type ProblemBody } from "../http/schemas.ts";
import type { ErrorCode, LocalText } from "../errors.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";

/** What goes before and after the things that are wrong, in the words of a command line. */
interface Wording {
  before: LocalText;
  after: LocalText | null;
}

const NOTHING_STARTED: LocalText = {
  fr: "Rien n’a été lancé ni dépensé.",
  en: "Nothing was started or spent.",
};

/** Mistakes in what was asked for; what is wrong is said for each place. */
const MISTAKES: ReadonlySet<string> = new Set<ErrorCode>(["invalid_request", "invalid_workflow"]);

/** Refusals of a live run, whose own sentences speak of fields of a request. */
const LIVE_RUN: Partial<Record<ErrorCode, Wording>> = {
  provider_not_configured: {
    before: {
      fr: "Il manque des réglages pour une exécution réelle :",
      en: "A live run still needs settings:",
    },
    after: {
      fr: "Donnez ces variables à Relais (et redémarrez son serveur, s’il tourne), ou ajoutez --rehearse pour répéter pour 0\u202f$.",
      en: "Set these variables for Relais (and restart its server, if it runs), or add --rehearse to rehearse for $0.",
    },
  },
  unpriced_model: {
    before: {
      fr: "Relais ne peut pas tenir le plafond sans connaître chaque prix :",
      en: "Relais cannot hold the cap without knowing every price:",
    },
    after: {
      fr: "Choisissez d’autres modèles, enlevez le plafond (--cap, RELAIS_DEFAULT_CAP_USD), laissez passer l’inconnu (--unpriced allow), ou ajoutez --rehearse pour répéter pour 0\u202f$.",
      en: "Choose other models, take the cap off (--cap, RELAIS_DEFAULT_CAP_USD), let the unknown through (--unpriced allow), or add --rehearse to rehearse for $0.",
    },
  },
};

/**
 * What the API says is wrong, as a failure of the command. A request that it refuses was wrong, and nothing has run.
 * @param options.isLiveRun whether a live run was asked for, which a rehearsal could replace.
 */
export async function refusal(
  answer: Response,
  options: { isLiveRun: boolean } = { isLiveRun: false },
): Promise<CommandFailure> {
  const body: unknown = await answer.json().catch(() => null);
  const { data: problem } = problemSchema.safeParse(body);
  const exitCode = answer.status < 500 ? EXIT.usage : EXIT.failed;
  const status = `HTTP ${answer.status}`;
  return new CommandFailure(problem ? sentencesOf(problem, options) : { fr: status, en: status }, exitCode);
}

/** The answer is in the language of the command already: what is quoted of it stands in both. */
function sentencesOf(
  { code, detail, errors }: ProblemBody,
  { isLiveRun }: { isLiveRun: boolean },
): LocalText {
  const wording = isLiveRun ? Object.entries(LIVE_RUN).find(([known]) => known === code)?.[1] : undefined;
  if (wording) return inWords(wording, [...new Set(errors.map(({ message }) => message))]);
  const [first, ...others] = errors.map(({ path, message }) => ({ place: placeOf(path), message }));
  if (!first || !MISTAKES.has(code)) return { fr: detail, en: detail };
  if (others.length > 0) {
    const lines = [first, ...others].map(({ place, message }) => `${place}: ${message}`);
    return inWords({ before: { fr: "À corriger :", en: "To be corrected:" }, after: null }, lines);
  }
  return {
    fr: `${first.place}\u00a0: ${first.message} ${NOTHING_STARTED.fr}`,
    en: `${first.place}: ${first.message} ${NOTHING_STARTED.en}`,
  };
}

function inWords({ before, after }: Wording, lines: string[]): LocalText {
  const list = lines.map((line) => `\n  ${line}`).join("");
  const end = (language: keyof LocalText): string => (after === null ? "" : ` ${after[language]}`);
  return {
    fr: `${before.fr}${list}\n${NOTHING_STARTED.fr}${end("fr")}`,
    en: `${before.en}${list}\n${NOTHING_STARTED.en}${end("en")}`,
  };
}

/** Where a person who types a command finds a field of the request. */
function placeOf(path: string): string {
  if (path === "initial_input") return "--topic";
  if (path === "cap_usd") return "--cap";
  return path.replace(/^inputs\.(?=.)/, "--input ");
}
