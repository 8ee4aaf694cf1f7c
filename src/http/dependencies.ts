import type { ArtifactStore } from "../artifacts/store.ts";
import type { Db } from "../db/database.ts";
import type { Engine } from "../engine/engine.ts";
import type { ProviderLimits } from "../engine/provider-room.ts";
import type { Outbound } from "../net/outbound.ts";
import type { PriceList } from "../pricing/price-list.ts";
import type { KeyRing } from "../providers/key-ring.ts";
import type { Registry } from "../providers/registry.ts";
import type { NanoUsd } from "../workflow/money.ts";
import type { ErrorLog } from "./problem.ts";
import type { Thumbnails } from "./thumbnails.ts";

/** What the HTTP interface is made of. Nothing here is read from the environment. */
export interface AppDependencies {
  db: Db;
  engine: Engine;
  registry: Registry;
  /** Keys that were given on the page. */
  keys: KeyRing;
  /** For questions to vendors that cost nothing. */
  outbound: Outbound;
  prices: PriceList;
  artifacts: ArtifactStore;
  thumbnails: Thumbnails;
  settings: {
    /** The address that the server is bound to. */
    host: string;
    port: number;
    /** Null: nothing is asked for, which is for loopback only. */
    accessToken: string | null;
    /** Names in `Host` headers that are this server, beside loopback and `host`. */
    allowedHosts: string[];
    /** The cap of an execution that asks for none; null: no cap. */
    defaultCapNanoUsd: NanoUsd | null;
    /** How many calls a provider may have, of all processes together, by its id. */
    providerLimits: Record<string, ProviderLimits>;
    /** The most that one upload may hold. */
    maxUploadBytes: number;
  };
  /** Where files lie while they are uploaded; on the disk of the artifacts, so that they can be moved there. */
  uploadFolder: string;
  /** Where the built page lies. */
  webFolder: string;
  version: string;
  license: string;
  database: "sqlite" | "postgresql";
  logger?: ErrorLog;
}
