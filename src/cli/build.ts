import { EXIT, type ExitCode } from "./command-failure.ts";
import { buildPage, isPageStale } from "./page-build.ts";
import type { Terminal } from "./terminal.ts";

/** `relais build`: builds the page, unless it is built from these very sources already. */
export async function build(terminal: Terminal): Promise<ExitCode> {
  if (!isPageStale()) {
    terminal.print({ fr: "La page est déjà à jour.", en: "The page is up to date." });
    return EXIT.completed;
  }
  await buildPage();
  terminal.print({ fr: "La page est construite.", en: "The page is built." });
  return EXIT.completed;
}
