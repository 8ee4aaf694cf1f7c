import { pino, type DestinationStream, type Logger } from "pino";
import type { Settings } from "./config.ts";
import { SecretList } from "./secret-list.ts";

/**
 * The log, on standard error: JSON, or for people where that is a terminal. No key or token gets through; `secrets` may
 * learn of more of them.
 */
export async function createLogger(settings: Settings, secrets = new SecretList(settings)): Promise<Logger> {
  const options = { level: settings.logLevel, base: null };
  const stream = await destination();
  return pino(options, { write: (line) => stream.write(secrets.removedFrom(line)) });
}

async function destination(): Promise<DestinationStream> {
  if (!process.stderr.isTTY) return pino.destination({ fd: 2, sync: true });
  const { PinoPretty } = await import("pino-pretty");
  return PinoPretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss" });
}

/**
 * Logs what nobody caught. A promise that nobody waited for is a mistake of ours, but the rest of the program is sound;
 * after an exception nothing is certain, so the process ends, and the journal makes the next start safe.
 */
export function logUnforeseen(logger: Logger): void {
  process.on("unhandledRejection", (reason) => logger.error({ err: reason }, "unhandled rejection"));
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "uncaught exception");
    process.exit(1);
  });
}
