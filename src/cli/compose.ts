import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import packageFile from "../../package.json" with { type: "json" };
import type { ArtifactStore } from "../artifacts/store.ts";
import { ThumbnailCache } from "../artifacts/thumbnail-cache.ts";
import type { Store } from "../db/store.ts";
import type { Dispatcher } from "../engine/dispatcher.ts";
import { createEngine, type Engine, type EngineOptions } from "../engine/engine.ts";
import { Housekeeping } from "../engine/housekeeping.ts";
import type { Relay } from "../engine/relay.ts";
import { createApp } from "../http/app.ts";
import { Thumbnails } from "../http/thumbnails.ts";
import { removeOldUploads } from "../http/upload-removal.ts";
import { createOutbound } from "../net/outbound.ts";
import type { Provider } from "../providers/provider.ts";
import { createRegistry, type Registry } from "../providers/registry.ts";
import { createStepPort } from "../steps/step-port.ts";
import { openArtifacts } from "./artifacts.ts";
import { configuredOrigins, type Settings } from "./config.ts";
import { openMarking } from "./content-signer.ts";
import { folderTaken, shareDataFolder, takeDataFolder } from "./data-folder.ts";
import { openDatabase } from "./database.ts";
import { withLocalServers } from "./local-discovery.ts";
import { readPrices } from "./price-file.ts";
import { DatabaseKeyRing } from "./key-ring.ts";
import { createProviders } from "./providers.ts";
import { SecretList } from "./secret-list.ts";
import { divideWork } from "./work.ts";

/** Where the built page lies. */
const WEB_FOLDER = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** Relais, put together from settings. */
export interface Relais {
  app: ReturnType<typeof createApp>;
  engine: Engine;
  registry: Registry;
  /** For a process that stays; where it is not started, nothing old is removed. */
  housekeeping: Housekeeping;
  /** Starts nothing new, waits at most `graceMs` for calls in flight, closes what is open and gives the folder back. */
  close(options: { graceMs: number }): Promise<void>;
}

export interface ComposeOverrides {
  /** Take the place of providers of the same id, or stand beside them. */
  extraProviders?: Provider[];
  checkpoint?: EngineOptions["checkpoint"];
  /** What the logger leaves out; it is told of keys that come up while Relais runs. */
  secrets?: SecretList;
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
 * @throws CommandFailure when another process owns the data folder, or it, its price list, the database or the store of files
 * cannot be used.
 */
export async function composeRelais(
  given: Settings,
  logger: Logger,
  overrides: ComposeOverrides = {},
): Promise<Relais> {
  const prices = readPrices(given.dataFolder);
  const marking = await openMarking(given, logger);
  const storage = await openStorage(given, logger);
  const { database, artifacts, thumbnails, saveFolder } = storage;
  await removeOldUploads(database.db, artifacts);
  const { settings, found } = await withLocalServers(given, logger, overrides.localPorts);
  const housekeeping = housekeepingOf(settings, { database, artifacts, logger });
  const outbound = createOutbound({ trustedOrigins: configuredOrigins(settings), saveFolder });
  const maxAtOnce = overrides.worksOnNothing === true ? 0 : settings.maxExecutions;
  const { dispatcher, relay } = divideWork(database, { maxAtOnce, logger });
  const keys = await openKeys(settings, { database, relay, logger, secrets: overrides.secrets });
  const providers = withOverrides(createProviders(outbound, saveFolder), overrides.extraProviders);
  const { providers: config, families } = settings;
  const registry = createRegistry({ providers, config, keys, families, found });
  const engine = createEngine({
    ...database,
    artifacts,
    steps: createStepPort({ registry, prices, workFolder: saveFolder, marking }),
    catalogue: registry,
    relay,
    dispatcher: overrides.onlyNewExecutions === true ? withoutBacklog(dispatcher) : dispatcher,
    limitsOf: (provider) => settings.providerLimits[provider] ?? null,
    retryUnknownUnderNanoUsd: settings.retryUnknownUnderNanoUsd,
    defaultCaps: settings.defaultCaps,
    onlyNewExecutions: overrides.onlyNewExecutions === true,
    onError: (error, executionId) => logger.error({ err: error, executionId }, "unforeseen error"),
    ...(overrides.checkpoint && { checkpoint: overrides.checkpoint }),
  });
  const app = createApp({
    db: database.db,
    engine,
    registry,
    keys,
    outbound,
    prices,
    artifacts,
    thumbnails,
    settings,
    uploadFolder: saveFolder,
    webFolder: WEB_FOLDER,
    ...aboutProgram(settings),
    logger,
  });
  const parts = { app, engine, registry, housekeeping };
  return {
    ...parts,
    close: async ({ graceMs }) => {
      await housekeeping.stop();
      await engine.stop(graceMs);
      await outbound.close();
      await storage.close();
    },
  };
}

function aboutProgram({ databaseUrl }: Settings) {
  const { version, license } = packageFile;
  return { version, license, database: databaseUrl === null ? ("sqlite" as const) : ("postgresql" as const) };
}

/** The keys that people gave on the page; other processes on the database hear when they change, and are heard. */
async function openKeys(
  settings: Settings,
  parts: { database: Store; relay: Relay; logger: Logger; secrets: SecretList | undefined },
): Promise<DatabaseKeyRing> {
  const { database, relay, logger, secrets = new SecretList(settings) } = parts;
  const { secretKey: secret, oldSecretKey: oldSecret } = settings;
  const announce = (): void => relay.announceSettings();
  const keys = await DatabaseKeyRing.open({ ...database, secret, oldSecret, secrets, announce, logger });
  relay.hearSettings(() => void keys.refresh());
  return keys;
}

/** Takes the data folder, and opens the database and the store of files. */
async function openStorage(settings: Settings, logger: Logger) {
  const { dataFolder, databaseUrl } = settings;
  const lock = databaseUrl === null ? takeDataFolder(dataFolder) : shareDataFolder(dataFolder);
  if (!lock) throw folderTaken(dataFolder);
  const database = await openDatabase(settings, logger);
  const files = await openArtifacts(settings, { database, logger }).catch(async (error: unknown) => {
    await database.close();
    lock.release();
    throw error;
  });
  const cache = new ThumbnailCache(path.join(dataFolder, "thumbnails"));
  const artifacts = cache.withRemoval(files.artifacts);
  const thumbnails = new Thumbnails({ artifacts, cache, folder: files.saveFolder });
  const close = async (): Promise<void> => {
    thumbnails.close();
    await files.close();
    await database.close();
    lock.release();
  };
  return { ...files, artifacts, thumbnails, database, close };
}

function housekeepingOf(
  { retentionDays }: Settings,
  { database, artifacts, logger }: { database: Store; artifacts: ArtifactStore; logger: Logger },
): Housekeeping {
  const onError = (error: unknown): void => {
    logger.error({ err: error }, "what is old could not be removed");
  };
  return new Housekeeping({ ...database, artifacts, retentionDays, onError });
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
    rememberAll: (trx, executionIds, fairGroup) => dispatcher.rememberAll(trx, executionIds, fairGroup),
    look: () => dispatcher.look(),
    enqueue: (executionId, fairGroup) => {
      if (hasStarted) dispatcher.enqueue(executionId, fairGroup);
    },
    start: (work) => {
      hasStarted = true;
      dispatcher.start(work);
    },
    stop: (ending) => dispatcher.stop(ending),
  };
}
