import path from "node:path";
import { sql } from "kysely";
import { DatabaseKeyRing } from "../../src/cli/key-ring.ts";
import { createFileStore } from "../../src/artifacts/file-store.ts";
import { MemoryHolds } from "../../src/artifacts/memory-holds.ts";
import type { ArtifactStore } from "../../src/artifacts/store.ts";
import { ThumbnailCache } from "../../src/artifacts/thumbnail-cache.ts";
import { isArtifactNamed } from "../../src/db/artifact-store.ts";
import type { Db } from "../../src/db/database.ts";
import type { Writer } from "../../src/db/writer.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { Thumbnails } from "../../src/http/thumbnails.ts";
import { createApp, type AppDependencies, type Execution } from "../../src/http/app.ts";
import { loadPriceList } from "../../src/pricing/price-list.ts";
import { createOutbound } from "../../src/net/outbound.ts";
import type { KeyRing } from "../../src/providers/key-ring.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { createRegistry, PROVIDER_SETTINGS } from "../../src/providers/registry.ts";
import type { ExecutionStatus } from "../../src/workflow/statuses.ts";
import { openStudio, type Studio } from "./studio-steps.ts";
import { openEngineStore } from "./test-store.ts";

const TABLES = [
  "workflows",
  "workflow_executions",
  "step_runs",
  "attempts",
  "budgets",
  "artifacts",
  "execution_events",
  "idempotency_keys",
];

/** The whole HTTP interface on a real engine, a real database and real files, in a folder of its own. */
export interface HttpRig {
  app: ReturnType<typeof createApp>;
  db: Db;
  engine: Engine;
  studio: Studio;
  artifacts: ArtifactStore;
  folder: string;
  /** Sends JSON where there is a body, otherwise nothing. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Starts an execution and gives its id. */
  execute(body: Record<string, unknown>): Promise<number>;
  /** Polls as a client does, until the execution is in this status. */
  waitFor(id: number, status: ExecutionStatus): Promise<Execution>;
  /** How many rows each table has. */
  countRows(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export interface HttpRigOptions {
  settings?: Partial<AppDependencies["settings"]>;
  /** API keys by provider; none where not given. */
  keys?: Record<string, string>;
  /** Addresses of vendors by provider; their usual ones where not given. */
  addresses?: Record<string, string>;
  /** Origins of vendors that are on loopback. */
  vendorOrigins?: string[];
  /** What keys of the page are sealed with; none can be stored where it is not given. */
  secretKey?: string;
  /** Models that stand for families instead of the usual ones. */
  families?: Record<string, string>;
  webFolder?: string;
}

export async function openHttpRig(options: HttpRigOptions = {}): Promise<HttpRig> {
  const store = await openEngineStore({ maxAtOnce: 10 });
  const { db, folder } = store;
  const keys = await openTestKeys(store, options.secretKey ?? null);
  const registry = registryWith(options, keys);
  const outbound = createOutbound({ trustedOrigins: options.vendorOrigins ?? [] });
  const studio = openStudio(registry);
  const holds = new MemoryHolds({ isNamed: (hash) => isArtifactNamed(db, hash) });
  const cache = new ThumbnailCache(path.join(folder, "thumbnails"));
  const artifacts = cache.withRemoval(createFileStore(path.join(folder, "artifacts"), { holds }));
  const thumbnails = new Thumbnails({ artifacts, cache, folder: path.join(folder, "looked-at") });
  const errors: unknown[] = [];
  const engine = createEngine({
    db,
    artifacts,
    writer: store.writer,
    steps: studio.steps,
    catalogue: registry,
    dispatcher: store.dispatcher,
    relay: store.relay,
    limitsOf: (provider) => options.settings?.providerLimits?.[provider] ?? null,
    retryUnknownUnderNanoUsd: 0,
    onError: (error) => errors.push(error),
  });
  await engine.start();
  const app = createApp({
    db,
    engine,
    registry,
    keys,
    outbound,
    artifacts,
    thumbnails,
    prices: loadPriceList(),
    settings: {
      host: "127.0.0.1",
      port: 8000,
      accessToken: null,
      allowedHosts: [],
      defaultCapNanoUsd: null,
      providerLimits: {},
      maxUploadBytes: 1024 * 1024,
      ...options.settings,
    },
    uploadFolder: path.join(folder, "incoming"),
    webFolder: options.webFolder ?? path.join(folder, "web"),
    version: "0.0.0",
    license: "Apache-2.0",
    database: "sqlite",
    logger: { error: (fields) => errors.push(fields["err"]) },
  });
  const rig = {
    app,
    db,
    engine,
    studio,
    artifacts,
    folder,
    ...client(app, errors),
    countRows: () => countRows(db),
  };
  return {
    ...rig,
    close: async () => {
      studio.release();
      thumbnails.close();
      await engine.stop(2_000);
      await outbound.close();
      await store.remove();
      if (errors.length > 0) throw new AggregateError(errors, "errors that no rule foresees");
    },
  };
}

function client(app: HttpRig["app"], errors: unknown[]) {
  const send: HttpRig["send"] = async (method, address, body, headers = {}) =>
    await app.request(address, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const execute: HttpRig["execute"] = async (body) => {
    const response = await send("POST", "/api/combinations/execute", body);
    const answer: { execution_id: number } = JSON.parse(await response.text());
    if (response.status !== 202) throw new Error(`not started: ${JSON.stringify(answer)}`);
    return answer.execution_id;
  };
  const read = async (id: number): Promise<Execution> => {
    const response = await send("GET", `/api/combinations/executions/${id}`);
    return JSON.parse(await response.text());
  };
  const waitFor: HttpRig["waitFor"] = async (id, status) => {
    for (;;) {
      if (errors.length > 0) throw new AggregateError(errors, "errors that no rule foresees");
      const execution = await read(id);
      // Once more, because what was read as it ended may name an event before its last.
      if (execution.status === status) return await read(id);
      if (["completed", "failed", "cancelled"].includes(execution.status)) {
        throw new Error(`ended as ${execution.status}: ${execution.error_message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { send, execute, waitFor };
}

function neverCalled(): Promise<never> {
  return Promise.reject(new Error("no provider is called in these tests"));
}

/** Every provider, with these keys. None is ever called: the studio makes the steps. */
function registryWith(options: HttpRigOptions, keys: KeyRing) {
  const { keys: given = {}, addresses = {}, families = {} } = options;
  const providers = PROVIDER_SETTINGS.map(({ id, name }): Provider => ({ id, name, submit: neverCalled }));
  const config = providers.map(({ id }) => [
    id,
    { apiKey: given[id] ?? null, baseUrl: addresses[id] ?? null },
  ]);
  return createRegistry({ providers, config: Object.fromEntries(config), keys, families });
}

/** Keys in the rig's database; there is no other process to tell, and no log. */
async function openTestKeys({ db, writer }: { db: Db; writer: Writer }, secret: string | null) {
  const logger = { warn: () => undefined, info: () => undefined, error: () => undefined };
  const quiet = { secrets: { addKey: () => undefined }, announce: () => undefined, logger };
  return await DatabaseKeyRing.open({ db, writer, secret, oldSecret: null, ...quiet });
}

async function countRows(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
    counts[table] = rows[0]?.n ?? 0;
  }
  return counts;
}
