import type { Language } from "../errors.ts";

export const LANGUAGES = ["fr", "en"] as const satisfies Language[];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The language of a terminal: French where its locale is French, otherwise English. */
function languageOf(environment: Environment): Language {
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  return locale.toLowerCase().startsWith("fr") ? "fr" : "en";
}

/** The `--lang` of a command line, wherever it stands: what goes wrong while the rest is read is said in it too. */
export function languageOfArguments(args: readonly string[], environment: Environment): Language {
  const place = args.indexOf("--lang");
  const given = args.find((argument) => argument.startsWith("--lang="))?.slice(7) ?? args[place + 1];
  const isAsked = place >= 0 || args.some((argument) => argument.startsWith("--lang="));
  const language = LANGUAGES.find((known) => isAsked && known === given);
  return language ?? languageOf(environment);
}
