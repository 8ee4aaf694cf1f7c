import { EXIT, type ExitCode } from "./command-failure.ts";
import { makeSecret } from "./key-cipher.ts";
import type { Terminal } from "./terminal.ts";

/** `relais secret`: makes a value for `RELAIS_SECRET_KEY`, and keeps nothing of it. */
export function printSecret(terminal: Terminal): ExitCode {
  const secret = makeSecret();
  terminal.print(secret);
  terminal.note({
    fr: "Donnez cette valeur à Relais dans la variable RELAIS_SECRET_KEY, toujours la même, et gardez-la en lieu sûr : sans elle, les clés enregistrées sur la page sont à saisir de nouveau.",
    en: "Give this value to Relais as the variable RELAIS_SECRET_KEY, always the same, and keep it in a safe place: without it, keys stored on the page have to be entered again.",
  });
  return EXIT.completed;
}
