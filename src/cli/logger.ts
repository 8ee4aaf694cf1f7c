import { pino, type DestinationStream, type Logger } from "pino";
import { secretsOf, type Settings } from "./config.ts";

const REMOVED = "[removed]";

/** The log, on standard error: JSON, or for people where that is a terminal. No key or token gets through. */
export async function createLogger(settings: Settings): Promise<Logger> {
  const options = { level: settings.logLevel, base: null };
  return pino(options, withoutSecrets(await destination(), secretsOf(settings)));
}

async function destination(): Promise<DestinationStream> {
  if (!process.stderr.isTTY) return pino.destination({ fd: 2, sync: true });
  const { PinoPretty } = await import("pino-pretty");
  return PinoPretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss" });
}

function withoutSecrets(stream: DestinationStream, secrets: string[]): DestinationStream {
  // As they stand in JSON. The longest first, in case one is the beginning of another.
  const written = secrets
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .toSorted((a, b) => b.length - a.length);
  return {
    write: (line) => stream.write(written.reduce((text, secret) => text.replaceAll(secret, REMOVED), line)),
  };
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
