import type { Logger } from "pino";
import type { SharedStore } from "../db/shared-store.ts";
import type { Store } from "../db/store.ts";
import { InProcessDispatcher, type Dispatcher } from "../engine/dispatcher.ts";
import { QueueDispatcher } from "../engine/queue-dispatcher.ts";
import { Relay } from "../engine/relay.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";

/** How executions come to this process, and how it speaks to the others that work on the same database. */
export function divideWork(
  database: Store | SharedStore,
  options: { maxAtOnce: number; logger: Logger },
): { dispatcher: Dispatcher; relay: Relay } {
  const { maxAtOnce, logger } = options;
  if (!("queue" in database)) {
    return { dispatcher: new InProcessDispatcher({ maxAtOnce }), relay: new Relay(null) };
  }
  const relay = new Relay(database.channel);
  const dispatcher = new QueueDispatcher({
    queue: database.queue,
    maxAtOnce,
    announce: () => relay.announceWork(),
    onError: (error) => logger.error({ err: error }, "the queue of executions does not answer"),
  });
  return { dispatcher, relay };
}

/** What is told who wants to divide the work of a database that one process has to itself. */
export function needsSharedDatabase(): CommandFailure {
  return new CommandFailure(
    {
      fr: "Des workers ne se partagent que le travail d’une base PostgreSQL : donnez-la, par exemple DATABASE_URL=postgres://relais:password@127.0.0.1:5432/relais. Sans elle, « relais serve » fait tout.",
      en: "Workers share the work of a PostgreSQL database only: name it, for example DATABASE_URL=postgres://relais:password@127.0.0.1:5432/relais. Without one, “relais serve” does everything.",
    },
    EXIT.usage,
  );
}
