import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { Client } from "pg";
import type { Db } from "../../src/db/database.ts";
import { openPostgresStore } from "../../src/db/postgres-store.ts";
import { openSharedStore, type SharedStore } from "../../src/db/shared-store.ts";
import { openSqliteStore, type Store } from "../../src/db/store.ts";
import { InProcessDispatcher, type Dispatcher } from "../../src/engine/dispatcher.ts";
import { QueueDispatcher } from "../../src/engine/queue-dispatcher.ts";
import { Relay } from "../../src/engine/relay.ts";

/** The variable with the address of the database that those of tests on PostgreSQL are copies of. */
export const TEMPLATE_URL = "RELAIS_TEST_TEMPLATE_URL";

export const MIGRATIONS = new URL("../../migrations/", import.meta.url);

/** Whether this test run is the one on PostgreSQL; otherwise it is on SQLite. */
const isOnPostgres = process.env["RELAIS_TEST_DATABASE"] === "postgres";

/** Names the database of a folder that has one in PostgreSQL. */
const URL_FILE = "database-url";

/** The least that may be set: what tests can wait for. */
export const TAKE_OVER_SECONDS = 15;

export interface TestStore extends Store {
  /** Where its files are; opening the same folder again opens the same database. */
  folder: string;
  /** Closes it and leaves nothing behind. */
  remove(): Promise<void>;
}

/** Opens the database of a folder, which is made where it is not there, on the database that this test run is for. */
export async function openTestStore(given?: string): Promise<TestStore> {
  const folder = await makeFolder(given);
  const url = await urlOf(folder);
  const store =
    url === null
      ? openSqliteStore(path.join(folder, "relais.db"), MIGRATIONS)
      : await openPostgresStore({ url, migrations: MIGRATIONS, maxConnections: 8, onError: ignore });
  return withFolder(store, folder);
}

/** The same with what an engine needs beside it: how work comes to it, and how it speaks to other processes. */
export async function openEngineStore(options: {
  folder?: string | undefined;
  maxAtOnce: number;
}): Promise<TestStore & { dispatcher: Dispatcher; relay: Relay }> {
  const { maxAtOnce } = options;
  const folder = await makeFolder(options.folder);
  const url = await urlOf(folder);
  if (url === null) {
    const dispatcher = new InProcessDispatcher({ maxAtOnce });
    return { ...(await openTestStore(folder)), dispatcher, relay: new Relay(null) };
  }
  const store = await openShared(url);
  if (options.folder !== undefined) await lapse(store);
  const relay = new Relay(store.channel);
  const announce = (): void => relay.announceWork();
  const dispatcher = new QueueDispatcher({ queue: store.queue, maxAtOnce, announce, onError: ignore });
  return { ...withFolder(store, folder), dispatcher, relay };
}

/** Opens a database as a process that shares its work with others. */
export async function openShared(url: string): Promise<SharedStore> {
  return await openSharedStore({
    url,
    migrations: MIGRATIONS,
    maxConnections: 8,
    takeOverSeconds: TAKE_OVER_SECONDS,
    onError: ignore,
  });
}

/** Lets what dead processes held be taken at once, which otherwise takes seconds: what pg-boss does when these are over. */
async function lapse({ db }: Store): Promise<void> {
  await sql`update pgboss.job set state = 'retry', start_after = now(), heartbeat_on = null where state = 'active'`.execute(
    db,
  );
}

/** Connections break when a test crashes an engine or removes its database. */
function ignore(): void {}

async function makeFolder(given: string | undefined): Promise<string> {
  if (given === undefined) return await mkdtemp(path.join(tmpdir(), "relais-test-"));
  await mkdir(given, { recursive: true });
  return given;
}

function withFolder(store: Store, folder: string): TestStore {
  const remove = async (): Promise<void> => {
    await store.close();
    await removeTestFolder(folder);
  };
  return { ...store, folder, remove };
}

/** Removes a folder, and its database in PostgreSQL where it has one. */
export async function removeTestFolder(folder: string): Promise<void> {
  const url = await readUrl(folder);
  if (url !== null) await dropDatabase(url);
  await rm(folder, { recursive: true, force: true });
}

/** The address of the folder's database in PostgreSQL, made where it is not there; null on SQLite. */
export async function urlOf(folder: string): Promise<string | null> {
  const known = await readUrl(folder);
  if (known !== null || !isOnPostgres) return known;
  const url = await createDatabase();
  // Whole or not at all, whenever the process is killed.
  const unfinished = path.join(folder, `${URL_FILE}-${randomUUID()}`);
  await writeFile(unfinished, url);
  await rename(unfinished, path.join(folder, URL_FILE));
  return url;
}

async function readUrl(folder: string): Promise<string | null> {
  return await readFile(path.join(folder, URL_FILE), "utf8").catch(() => null);
}

/** Makes the database that each test's is a copy of; gives its address. */
export async function makeTemplate(serverUrl: string): Promise<string> {
  const url = await makeDatabase(serverUrl, null);
  const store = await openShared(url);
  await store.close();
  return url;
}

/** Lets every write of the engine fail, as on a full disk, until the returned function is called. */
export async function refuseWrites(db: Db): Promise<() => Promise<void>> {
  const [refuse, allow] = isOnPostgres
    ? ["alter table attempts rename to attempts_away", "alter table attempts_away rename to attempts"]
    : ["pragma query_only = 1", "pragma query_only = 0"];
  await sql.raw(refuse).execute(db);
  return async () => {
    await sql.raw(allow).execute(db);
  };
}

/** Makes a database of its own, with the tables unless `isEmpty`; gives its address. */
export async function createDatabase({ isEmpty = false } = {}): Promise<string> {
  const template = process.env[TEMPLATE_URL] ?? "";
  return await makeDatabase(template, isEmpty ? null : new URL(template).pathname.slice(1));
}

/** Makes a database on the server of `url`, as a copy where a template is named; gives its address. */
async function makeDatabase(url: string, template: string | null): Promise<string> {
  const made = new URL(url);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  made.pathname = `/${name}`;
  await onServer(url, async (client) => {
    await client.query(`create database ${name}${template === null ? "" : ` template ${template}`}`);
  });
  return made.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await onServer(url, async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
  });
}

/** A copy is made only while nobody is connected to what is copied, so all is done from the maintenance database. */
async function onServer(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const server = new URL(url);
  server.pathname = "/postgres";
  const client = new Client({ connectionString: server.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the database refuse to write that a job was submitted, as a full disk would, until the answer is called. */
export async function refuseJobIds(db: Db): Promise<() => Promise<void>> {
  const [refuse, accept] = isOnPostgres
    ? [
        sql`alter table attempts add constraint disk_full check (status <> 'submitted')`,
        sql`alter table attempts drop constraint disk_full`,
      ]
    : [
        sql`create trigger disk_full before update on attempts when new.status = 'submitted'
          begin select raise(abort, 'disk I/O error'); end`,
        sql`drop trigger disk_full`,
      ];
  await refuse.execute(db);
  return async () => {
    await accept.execute(db);
  };
}
