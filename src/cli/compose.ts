import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import packageFile from "../../package.json" with { type: "json" };
import { createFileStore } from "../artifacts/file-store.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { Dispatcher } from "../engine/dispatcher.ts";
import { createEngine, type Engine, type EngineOptions } from "../engine/engine.ts";
import { createApp } from "../http/app.ts";
import { createOutbound } from "../net/outbound.ts";
import type { Provider } from "../providers/provider.ts";
import { createRegistry, type Registry } from "../providers/registry.ts";
import { createStepPort } from "../steps/step-port.ts";
import { configuredOrigins, type Settings } from "./config.ts";
import { folderTaken, shareDataFolder, takeDataFolder } from "./data-folder.ts";
import { openDatabase } from "./database.ts";
import { withLocalServers } from "./local-discovery.ts";
import { readPrices } from "./price-file.ts";
import { createProviders } from "./providers.ts";
import { divideWork } from "./work.ts";

/** Where the built page lies. */
const WEB_FOLDER = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** Relais, put together from settings. */
export interface Relais {
  app: ReturnType<typeof createApp>;
  engine: Engine;
  registry: Registry;
  /** Starts nothing new, waits at most `graceMs` for calls in flight, closes what is open and gives the folder back. */
  close(options: { graceMs: number }): Promise<void>;
}

export interface ComposeOverrides {
  /** Take the place of providers of the same id, or stand beside them. */
  extraProviders?: Provider[];
  checkpoint?: EngineOptions["checkpoint"];
  /** Leaves executions alone that other processes began: for a command that may end before they do. */
  onlyNewExecutions?: boolean;
  /** Works on no execution itself, on PostgreSQL: other processes do. */
  worksOnNothing?: boolean;
  /** Where servers of models are looked for on this machine, by provider; at their usual ports unless given. */
  localPorts?: Readonly<Record<string, number>>;
}

/**
 * The one place where everything is wired together. Takes ownership of the data folder, which is shared where the
 * database is; nothing runs before
 * `engine.start()`.
 * @throws CommandFailure when another process owns the data folder, or it, its price list or the database cannot be used.
 */
export async function composeRelais(
  given: Settings,
  logger: Logger,
  overrides: ComposeOverrides = {},
): Promise<Relais> {
  const { dataFolder } = given;
  const prices = readPrices(dataFolder);
  const lock = given.databaseUrl === null ? takeDataFolder(dataFolder) : shareDataFolder(dataFolder);
  if (!lock) throw folderTaken(dataFolder);
  const database = await openDatabase(given, logger);
  const { db, writer } = database;
  const { artifacts, saveFolder } = openArtifacts(given);
  const { settings, found } = await withLocalServers(given, logger, overrides.localPorts);
  const outbound = createOutbound({ trustedOrigins: configuredOrigins(settings), saveFolder });
  const registry = createRegistry({
    providers: withOverrides(createProviders(outbound), overrides.extraProviders),
    config: settings.providers,
    families: settings.families,
    found,
  });
  const maxAtOnce = overrides.worksOnNothing === true ? 0 : settings.maxExecutions;
  const { dispatcher, relay } = divideWork(database, { maxAtOnce, logger });
  const engine = createEngine({
    db,
    writer,
    artifacts,
    steps: createStepPort({ registry, prices }),
    catalogue: registry,
    relay,
    dispatcher: overrides.onlyNewExecutions === true ? withoutBacklog(dispatcher) : dispatcher,
    keepsDeadlines: overrides.onlyNewExecutions !== true,
    retryUnknownUnderNanoUsd: settings.retryUnknownUnderNanoUsd,
    onError: (error, executionId) => logger.error({ err: error, executionId }, "unforeseen error"),
    ...(overrides.checkpoint && { checkpoint: overrides.checkpoint }),
  });
  const app = createApp({
    db,
    engine,
    registry,
    prices,
    artifacts,
    settings,
    webFolder: WEB_FOLDER,
    version: packageFile.version,
    logger,
  });
  return {
    app,
    engine,
    registry,
    close: async ({ graceMs }) => {
      await engine.stop(graceMs);
      await outbound.close();
      await database.close();
      lock.release();
    },
  };
}

/** The store of files, and the folder into which results are downloaded; what a crash left half-way there is removed. */
function openArtifacts({ dataFolder, databaseUrl }: Settings): {
  artifacts: ArtifactStore;
  saveFolder: string;
} {
  const folder = path.join(dataFolder, "artifacts");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Processes that share the data folder each have one of their own.
  const saveFolder = path.join(folder, databaseUrl === null ? "incoming" : `incoming-${process.pid}`);
  rmSync(saveFolder, { recursive: true, force: true });
  return { artifacts: createFileStore(folder), saveFolder };
}

function withOverrides(providers: Provider[], extra: Provider[] = []): Provider[] {
  const replaced = new Set(extra.map(({ id }) => id));
  return [...providers.filter(({ id }) => !replaced.has(id)), ...extra];
}

/** What is enqueued before the start was left by another process; the next server takes it up. */
function withoutBacklog(dispatcher: Dispatcher): Dispatcher {
  let hasStarted = false;
  return {
    isAlone: dispatcher.isAlone,
    isHeld: (executionId) => dispatcher.isHeld(executionId),
    remember: (trx, executionId) => dispatcher.remember(trx, executionId),
    look: () => dispatcher.look(),
    enqueue: (executionId) => {
      if (hasStarted) dispatcher.enqueue(executionId);
    },
    start: (work) => {
      hasStarted = true;
      dispatcher.start(work);
    },
    stop: (ending) => dispatcher.stop(ending),
  };
}
