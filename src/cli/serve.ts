import { startServer } from "../http/server.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { composeRelais, type ComposeOverrides } from "./compose.ts";
import type { Settings } from "./config.ts";
import { createLogger, logUnforeseen } from "./logger.ts";
import { buildPage, isPageStale } from "./page-build.ts";
import { SecretList } from "./secret-list.ts";
import { removeServerFile, writeServerFile } from "./server-file.ts";
import { STOP_GRACE_MS, stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";
import { needsSharedDatabase } from "./work.ts";

export interface ServeOptions {
  settings: Settings;
  terminal: Terminal;
  /** Builds the page first where it is not built from the sources that are there. */
  buildsPage: boolean;
  overrides?: ComposeOverrides;
}

/**
 * `relais serve`: serves the page and the API until SIGINT or SIGTERM. Prints its address once everything answers.
 * @throws CommandFailure or ListenError when it cannot start.
 */
export async function serve(options: ServeOptions): Promise<ExitCode> {
  const { settings, terminal, buildsPage, overrides } = options;
  if (overrides?.worksOnNothing === true && settings.databaseUrl === null) throw needsSharedDatabase();
  const secrets = new SecretList(settings);
  const logger = await createLogger(settings, secrets);
  logUnforeseen(logger);
  const stopped = stopSignal();
  if (buildsPage && isPageStale()) {
    terminal.note({
      fr: "Construction de la page (la première fois, ou après une mise à jour)…",
      en: "Building the page (the first time, or after an update)…",
    });
    await buildPage();
  }
  const relais = await composeRelais(settings, logger, { ...overrides, secrets });
  try {
    const server = await startServer({ app: relais.app, host: settings.host, port: settings.port });
    await relais.engine.start();
    relais.housekeeping.start();
    writeServerFile(settings.dataFolder, { url: server.url, pid: process.pid });
    terminal.print({ fr: `Relais est prêt : ${server.url}`, en: `Relais is ready: ${server.url}` });
    await stopped;
    removeServerFile(settings.dataFolder, process.pid);
    await Promise.all([server.close(), relais.engine.stop(STOP_GRACE_MS)]);
  } finally {
    await relais.close({ graceMs: 0 });
  }
  return EXIT.completed;
}
