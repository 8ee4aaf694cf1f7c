import type { LocalText } from "../errors.ts";

const MAX_QUOTED_CHARACTERS = 60;
const NO_BREAK = "\u00a0";
/** The narrow no-break space that French sets before `;`, `!` and `?`. */
const NARROW_NO_BREAK = "\u202f";

/** A name or value inside a sentence, quoted as each language does and cut where it is long. */
export function quoted(text: string): LocalText {
  const isLong = text.length > MAX_QUOTED_CHARACTERS;
  const shown = (isLong ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text).toWellFormed();
  return { fr: `«${NO_BREAK}${shown}${NO_BREAK}»`, en: `“${shown}”` };
}

/** Several names inside a sentence, joined by “or”. */
export function anyOf(names: readonly string[]): LocalText {
  const all = names.map((name) => quoted(name));
  return {
    fr: joined(
      all.map((name) => name.fr),
      " ou ",
    ),
    en: joined(
      all.map((name) => name.en),
      " or ",
    ),
  };
}

function joined(parts: string[], lastLink: string): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")}${lastLink}${parts.at(-1)}`;
}

/** A day written out; `date` is YYYY-MM-DD. */
export function longDate(date: string): LocalText {
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return { fr: date, en: date };
  const write = (language: string): string =>
    new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(day);
  return { fr: write("fr-FR").replace(/^1 /, "1er "), en: write("en-US") };
}

/** What to say after naming something unknown: the nearest known name as a question; empty where nothing is near. */
export function didYouMean(suggestion: string | undefined): LocalText {
  if (suggestion === undefined) return { fr: "", en: "" };
  const name = quoted(suggestion);
  return {
    fr: ` Vouliez-vous dire ${name.fr}${NARROW_NO_BREAK}?`,
    en: ` Did you mean ${name.en}?`,
  };
}
