import type { Channel } from "./channel.ts";
import { PostgresChannel } from "./postgres-channel.ts";
import { PostgresQueue } from "./postgres-queue.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { connectionOf, type PostgresOptions } from "./postgres.ts";
import type { Store } from "./store.ts";
import type { WorkQueue } from "./work-queue.ts";

/** A database that several processes work on, with what they share the work by. */
export interface SharedStore extends Store {
  queue: WorkQueue;
  channel: Channel;
}

/**
 * Opens a PostgreSQL database for work that is shared.
 * @param options.takeOverSeconds within which another process takes over what a dead one worked on.
 * @throws as `openPostgresStore`.
 */
export async function openSharedStore(
  options: PostgresOptions & { migrations: URL; takeOverSeconds: number },
): Promise<SharedStore> {
  const { url, onError, takeOverSeconds } = options;
  const store = await openPostgresStore(options);
  const { db, pool, writer, isAloneUntilCommit } = store;
  try {
    const queue = await PostgresQueue.open({ db, pool, takeOverSeconds, onError });
    const channel = new PostgresChannel({ pool, connection: connectionOf(url), onError });
    const close = async (): Promise<void> => {
      await channel.close();
      await queue.close();
      await store.close();
    };
    return { db, writer, isAloneUntilCommit, queue, channel, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
