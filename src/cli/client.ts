import type { z } from "zod";
import { messageOf, type Language } from "../errors.ts";
import { CommandFailure } from "./command-failure.ts";
import { composeRelais, type Relais } from "./compose.ts";
import type { Settings } from "./config.ts";
import { folderTaken, takeDataFolder } from "./data-folder.ts";
import { createLogger, logUnforeseen } from "./logger.ts";
import { refusal } from "./refusal.ts";
import { SecretList } from "./secret-list.ts";
import { readServerFile } from "./server-file.ts";

/** How long a server that has just been started gets to say where it answers. */
const SERVER_START_MS = 5_000;
const LOOK_AGAIN_MS = 100;
/** What stands for the address of a Relais inside this process; nothing is sent there. */
const IN_PROCESS_ORIGIN = "http://127.0.0.1";

/** Speaks to Relais over its API, whether it runs as a server or inside this process. */
export interface Client {
  /** The address of the server; null where Relais runs inside this process and ends with it. */
  serverUrl: string | null;
  /** Sends a request; `path` begins with `/`. Answers of any status come back. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a request and reads a JSON answer. @throws CommandFailure with what the API says is wrong. */
  json<T>(schema: z.ZodType<T>, path: string, init?: RequestInit): Promise<T>;
  /** Waits at most `graceMs` for calls in flight, where Relais runs inside this process. */
  close(options: { graceMs: number }): Promise<void>;
}

/** Finds the server that owns the data folder, or, on SQLite, puts Relais together inside this process. */
export async function connect(settings: Settings, language: Language): Promise<Client> {
  const url =
    settings.databaseUrl === null
      ? await findServer(settings.dataFolder)
      : await requireServer(settings.dataFolder);
  if (url !== null)
    return clientOf({ settings, language, serverUrl: url, send: fetch, close: async () => {} });
  const secrets = new SecretList(settings);
  const logger = await createLogger(settings, secrets);
  logUnforeseen(logger);
  const relais = await composeRelais(settings, logger, { onlyNewExecutions: true, secrets });
  await relais.engine.start();
  return clientOf({
    settings,
    language,
    serverUrl: null,
    send: sendInProcess(relais),
    close: (grace) => relais.close(grace),
  });
}

/**
 * The address of a server on the shared database. Without one nothing is put together here: who shares work must not take
 * any and leave it in the middle when the command ends.
 */
async function requireServer(dataFolder: string): Promise<string> {
  const server = readServerFile(dataFolder);
  const answers = server && (await fetch(`${server.url}/healthz`).catch(() => null));
  if (server && answers?.ok) return server.url;
  throw new CommandFailure({
    fr: "Avec DATABASE_URL, cette commande s’adresse à un serveur, et aucun ne répond ici. Rien n’a été lancé ni facturé. Démarrez-en un avec « relais serve », avec le même RELAIS_DATA_DIR.",
    en: "With DATABASE_URL this command speaks to a server, and none answers here. Nothing was started or billed. Start one with “relais serve” and the same RELAIS_DATA_DIR.",
  });
}

/** The address of the server that owns the folder; null where nobody does. */
async function findServer(dataFolder: string): Promise<string | null> {
  const until = performance.now() + SERVER_START_MS;
  for (;;) {
    const lock = takeDataFolder(dataFolder);
    lock?.release();
    if (lock) return null;
    const owner = readServerFile(dataFolder);
    if (owner) return owner.url;
    if (performance.now() > until) throw folderTaken(dataFolder);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function sendInProcess({ app }: Relais): (url: string, init?: RequestInit) => Promise<Response> {
  const { signal: closing } = new AbortController();
  return async (url, init) => app.fetch(new Request(url, init), { closing });
}

function clientOf(options: {
  settings: Settings;
  language: Language;
  serverUrl: string | null;
  send: (url: string, init?: RequestInit) => Promise<Response>;
  close: Client["close"];
}): Client {
  const { settings, language, serverUrl, send } = options;
  const sendToApi = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("Accept-Language", language);
    if (settings.accessToken !== null) headers.set("Authorization", `Bearer ${settings.accessToken}`);
    if (init.body !== undefined) headers.set("Content-Type", "application/json");
    try {
      return await send(`${serverUrl ?? IN_PROCESS_ORIGIN}${path}`, { ...init, headers });
    } catch (error) {
      throw unreachable(serverUrl, error);
    }
  };
  return {
    serverUrl,
    fetch: sendToApi,
    json: async (schema, path, init) => {
      const answer = await sendToApi(path, init);
      if (!answer.ok) throw await refusal(answer);
      return schema.parse(await answer.json());
    },
    close: options.close,
  };
}

function unreachable(serverUrl: string | null, error: unknown): CommandFailure {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new CommandFailure({
    fr: `Relais ne répond pas à l’adresse ${serverUrl ?? IN_PROCESS_ORIGIN} (${messageOf(cause)}). Ce qu’il a commencé continue s’il tourne encore, sinon à son prochain démarrage ; regardez son historique avant de relancer.`,
    en: `Relais does not answer at ${serverUrl ?? IN_PROCESS_ORIGIN} (${messageOf(cause)}). What it began goes on if it still runs, otherwise when it starts next; look at its history before you run this again.`,
  });
}
