import type { Command } from "commander";
import type { Language, LocalText } from "../errors.ts";

/** What the help says of commands and options. */
export const USAGE = {
  relais: {
    fr: "Relais enchaîne des modèles d’IA de toutes sortes en une seule exécution.",
    en: "Relais chains AI models of every kind into one run.",
  },
  serve: { fr: "démarre la page et l’API", en: "start the page and the API" },
  worker: {
    fr: "travaille sur les exécutions d’une base PostgreSQL, à côté d’autres",
    en: "work on the runs of a PostgreSQL database, beside others",
  },
  build: {
    fr: "construit la page, si elle ne l’est pas déjà",
    en: "build the page, unless it is built already",
  },
  secret: {
    fr: "crée un secret pour RELAIS_SECRET_KEY, qui chiffre les clés enregistrées sur la page",
    en: "make a secret for RELAIS_SECRET_KEY, which encrypts the keys stored on the page",
  },
  run: {
    fr: "exécute un template, une combinaison enregistrée (son numéro) ou un fichier .json ou .yaml, et écrit ses résultats",
    en: "run a template, a saved workflow (its number) or a .json or .yaml file, and write its results",
  },
  decide: {
    fr: "répond à ce qu’une exécution attend : approve, reject, retry, give_up ou raise_cap",
    en: "answer what a run waits for: approve, reject, retry, give_up or raise_cap",
  },
  step: {
    fr: "l’étape (celle que l’exécution attend par défaut)",
    en: "the step (the one that the run waits for by default)",
  },
  item: { fr: "l’élément, pour une étape qui en a plusieurs", en: "the item, of a step that has several" },
  newCap: {
    fr: "avec raise_cap : le nouveau plafond, en dollars",
    en: "with raise_cap: the new cap, in dollars",
  },
  edit: {
    fr: "avec approve : un fichier dont le contenu remplace le résultat",
    en: "with approve: a file whose content takes the place of the result",
  },
  wrongNumber: { fr: "Il faut un numéro, par exemple 12.", en: "It takes a number, for example 12." },
  templates: { fr: "liste les templates", en: "list the templates" },
  providers: {
    fr: "liste les fournisseurs, avec ce qui est réglé et ce qui manque",
    en: "list the providers, with what is set and what is missing",
  },
  costs: {
    fr: "montre ce qui a été dépensé, par jour, combinaison, fournisseur, modèle ou genre",
    en: "show what was spent, by day, workflow, provider, model or kind",
  },
  by: {
    fr: "day (par défaut), month, workflow, provider, model ou modality",
    en: "day (the default), month, workflow, provider, model or modality",
  },
  fromDay: {
    fr: "premier jour, AAAA-MM-JJ en UTC (le premier du mois par défaut)",
    en: "first day, YYYY-MM-DD in UTC (the first of the month by default)",
  },
  toDay: {
    fr: "dernier jour, inclus (aujourd’hui par défaut)",
    en: "last day, inclusive (today by default)",
  },
  csv: {
    fr: "écrit chaque appel payant dans ce fichier, qui ne doit pas exister encore",
    en: "write each paid call into this file, which must not exist yet",
  },
  caps: {
    fr: "montre les plafonds de dépenses, avec ce qui est dépensé et ce qui reste",
    en: "show the spending caps, with what is spent and what is left",
  },
  capsSet: {
    fr: "règle des plafonds, ou les enlève (none)",
    en: "set caps, or take them off (none)",
  },
  capDay: { fr: "par jour (UTC), en dollars, ou none", en: "per day (UTC), in dollars, or none" },
  capMonth: { fr: "par mois (UTC), en dollars, ou none", en: "per month (UTC), in dollars, or none" },
  capTotal: { fr: "en tout, en dollars, ou none", en: "in all, in dollars, or none" },
  capFor: {
    fr: "d’une combinaison (son numéro) ou d’un template (son identifiant) au lieu de toutes les exécutions",
    en: "of a workflow (its number) or a template (its id) in place of all runs",
  },
  wrongCapOrNone: {
    fr: "Il faut un montant en dollars, par exemple 0.50, ou none.",
    en: "It takes an amount in dollars, for example 0.50, or none.",
  },
  models: { fr: "liste les modèles connus", en: "list the known models" },
  check: {
    fr: "demande aux fournisseurs dont la clé est réglée ce qui a changé",
    en: "ask the providers whose key is set what has changed",
  },
  validate: {
    fr: "vérifie un fichier de combinaison sans l’exécuter",
    en: "check a workflow file without running it",
  },
  lang: { fr: "langue (celle du terminal par défaut)", en: "language (that of the terminal by default)" },
  noBuild: { fr: "ne construit pas la page", en: "do not build the page" },
  noWorker: {
    fr: "avec PostgreSQL, laisse les exécutions aux workers",
    en: "with PostgreSQL, leave the runs to the workers",
  },
  topic: { fr: "le sujet", en: "the topic" },
  rehearse: {
    fr: "répète pour 0\u202f$ avec les générateurs locaux",
    en: "rehearse for $0 with the local generators",
  },
  out: {
    fr: "dossier des résultats (out/ et le numéro de l’exécution par défaut)",
    en: "folder of the results (out/ and the number of the run by default)",
  },
  input: {
    fr: "une entrée de la combinaison\u202f; peut être répété",
    en: "an input of the workflow; may be repeated",
  },
  cap: {
    fr: "le plus que l’exécution peut coûter, en dollars",
    en: "the most that the run may cost, in dollars",
  },
  unpriced: {
    fr: "ce qu’il advient d’un modèle au prix inconnu sous un plafond\u202f: refuse (par défaut) ou allow",
    en: "what becomes of a model without a known price under a cap: refuse (the default) or allow",
  },
  reuse: {
    fr: "reprend les résultats identiques déjà payés au lieu de les racheter",
    en: "take identical results already paid for instead of buying them again",
  },
  rerun: {
    fr: "reprend une exécution en gardant ses résultats pour 0\u202f$, et écrit ceux de la nouvelle",
    en: "run an execution again, keep its results for $0, and write those of the new one",
  },
  from: {
    fr: "l’étape à refaire, avec ce qui en dépend (sans elle\u202f: seulement ce qui manque)",
    en: "the step to make again, with what depends on it (without it: only what is missing)",
  },
  failedItems: {
    fr: "d’une étape qui parcourt une liste, seulement les éléments sans résultat",
    en: "of a step that maps over a list, only the items without a result",
  },
  current: {
    fr: "avec la combinaison telle qu’elle est (par défaut\u202f: les étapes telles qu’elles étaient)",
    en: "with the workflow as it is now (by default: the steps as they were)",
  },
  dryRun: {
    fr: "dit ce qui serait gardé et ce que le reste coûterait, sans rien lancer",
    en: "say what would be kept and what the rest would cost, without starting anything",
  },
  wrongStep: {
    fr: "Il faut un numéro d’étape, par exemple 3.",
    en: "It takes the number of a step, for example 3.",
  },
  wrongExecution: {
    fr: "Il faut le numéro d’une exécution, par exemple 12.",
    en: "It takes the number of a run, for example 12.",
  },
  wrongCap: {
    fr: "Il faut un montant en dollars, par exemple 0.50.",
    en: "It takes an amount in dollars, for example 0.50.",
  },
  version: { fr: "affiche la version", en: "show the version" },
  help: { fr: "affiche cette aide", en: "show this help" },
  helpCommand: { fr: "affiche l’aide d’une commande", en: "show the help of a command" },
} satisfies Record<string, LocalText>;

const TITLES: Record<string, string> = {
  "Usage:": "Utilisation :",
  "Options:": "Options :",
  "Commands:": "Commandes :",
  "Arguments:": "Arguments :",
};

/** What commander finds wrong with a command line, in French; its own English says the rest. */
const MISTAKES: [RegExp, string][] = [
  [/^error: unknown option '(.+)'/, "option inconnue : $1"],
  [/^error: unknown command '(.+)'/, "commande inconnue : $1"],
  [/^error: missing required argument '(.+)'/, "il manque l’argument $1"],
  [/^error: option '(.+)' argument missing/, "il manque la valeur de l’option $1"],
  [/^error: too many arguments.*/, "il y a trop d’arguments"],
  [/^error: option '(.+)' argument '(.*)' is invalid\. (.*)/, "l’option $1 n’accepte pas « $2 ». $3"],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.+)'\. (.*)/,
    "l’argument $2 n’accepte pas « $1 ». $3",
  ],
  [/Allowed choices are (.+)\./, "Choix possibles : $1."],
  [/\(Did you mean (.+)\?\)/, "(vouliez-vous dire $1\u202f?)"],
];

/** Makes a command say its help and its mistakes in a language, and never end the process by itself. */
export function sayUsage(command: Command, language: Language): void {
  command
    .exitOverride()
    .helpOption("-h, --help", USAGE.help[language])
    .configureHelp({
      styleTitle: (title) => (language === "fr" ? (TITLES[title] ?? title) : title),
      // What commander adds about choices and defaults is English, and the descriptions say it.
      optionDescription: ({ description }) => description,
    })
    .configureOutput({
      outputError: (text, write) => write(language === "fr" ? inFrench(text) : text),
    });
  if (command.name() !== "relais") return;
  const name = language === "fr" ? "commande" : "command";
  command.usage(`[options] [${name}]`).helpCommand(`help [${name}]`, USAGE.helpCommand[language]);
}

function inFrench(text: string): string {
  return MISTAKES.reduce((said, [pattern, french]) => said.replace(pattern, french), text);
}
