import type { Language, LocalText } from "../errors.ts";

/** Where a command writes, and in which language. Results go to standard output, everything else to standard error. */
export interface Terminal {
  language: Language;
  /** Writes a line of the result. */
  print(text: LocalText | string): void;
  /** Writes a line about what goes on, or went wrong. */
  note(text: LocalText | string): void;
}

export function createTerminal(language: Language): Terminal {
  const say = (text: LocalText | string): string => `${typeof text === "string" ? text : text[language]}\n`;
  return {
    language,
    print: (text) => process.stdout.write(say(text)),
    note: (text) => process.stderr.write(say(text)),
  };
}
