import { EXIT, type ExitCode } from "./command-failure.ts";
import { composeRelais, type ComposeOverrides } from "./compose.ts";
import type { Settings } from "./config.ts";
import { createLogger, logUnforeseen } from "./logger.ts";
import { SecretList } from "./secret-list.ts";
import { STOP_GRACE_MS, stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";
import { needsSharedDatabase } from "./work.ts";

/**
 * `relais worker`: works on executions of a PostgreSQL database, beside as many others as wanted, until SIGINT or SIGTERM.
 * @throws CommandFailure where there is no such database, or it cannot be used.
 */
export async function work(
  settings: Settings,
  terminal: Terminal,
  overrides?: ComposeOverrides,
): Promise<ExitCode> {
  if (settings.databaseUrl === null) throw needsSharedDatabase();
  const secrets = new SecretList(settings);
  const logger = await createLogger(settings, secrets);
  logUnforeseen(logger);
  const stopped = stopSignal();
  const relais = await composeRelais(settings, logger, { ...overrides, secrets });
  try {
    await relais.engine.start();
    relais.housekeeping.start();
    terminal.print({
      fr: `Ce worker est prêt : ${settings.maxExecutions} exécutions à la fois.`,
      en: `This worker is ready: ${settings.maxExecutions} runs at a time.`,
    });
    await stopped;
  } finally {
    await relais.close({ graceMs: STOP_GRACE_MS });
  }
  return EXIT.completed;
}
