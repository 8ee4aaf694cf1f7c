import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";
import { parseS3Location, type S3Location } from "../artifacts/s3-location.ts";
import type { ProviderLimits } from "../engine/provider-room.ts";
import type { LocalText } from "../errors.ts";
import type { ProviderConfig } from "../providers/provider.ts";
import { createRegistry, FAMILIES, PROVIDER_SETTINGS } from "../providers/registry.ts";
import { usdToNanoUsd, type NanoUsd } from "../workflow/money.ts";
import type { ModelInfo } from "../workflow/models.ts";
import { longDate, quoted } from "../workflow/typography.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import type { Environment } from "./language.ts";
import { MODALITY_NAMES } from "./modality-names.ts";
import { isStrongSecret, SECRET_RULE } from "./key-cipher.ts";
import { LIMITED_PROVIDERS, limitsOfProviders, providerLimits } from "./provider-limits.ts";

/** Everything that can be set, read once when a command starts and passed on as values. */
export interface Settings {
  /** The address to listen on. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Absolute path. */
  dataFolder: string;
  /** A PostgreSQL database; null: SQLite in the data folder. */
  databaseUrl: string | null;
  /** Where files are kept: a folder, given as an absolute path, or a bucket; null: in the data folder. */
  artifacts: { folder: string } | { s3: S3Location } | null;
  /** For a bucket; null where one is missing. */
  aws: { accessKeyId: string; secretAccessKey: string; sessionToken: string | null } | null;
  /** The region of a bucket whose address names none. */
  awsRegion: string | null;
  /** Null: nothing is asked for, which is for loopback only. */
  accessToken: string | null;
  /** What keys given on the page are sealed with; null: none can be. */
  secretKey: string | null;
  /** The one before, while what it sealed is sealed again. */
  oldSecretKey: string | null;
  allowedHosts: string[];
  /** The cap of an execution that asks for none; null: no cap. */
  defaultCapNanoUsd: NanoUsd | null;
  /** The most that one upload may hold. */
  maxUploadBytes: number;
  /** Caps on everything together where a person has set none; null: no cap. */
  defaultCaps: { day: NanoUsd | null; month: NanoUsd | null };
  /** Calls in doubt whose worst case is under this are repeated without asking; 0: never. */
  retryUnknownUnderNanoUsd: NanoUsd;
  /** Models that stand for families instead of the usual ones, by the family's id. */
  families: Record<string, string>;
  /** Executions that are worked on at once. */
  maxExecutions: number;
  /** How many calls a provider may have, of all processes together, by its id; all are there but what is built in. */
  providerLimits: Record<string, ProviderLimits>;
  /** Within which another process takes over what a dead one worked on; on PostgreSQL only. */
  takeOverSeconds: number;
  /** What executions say and made is removed so many days after their end; null: never. */
  retentionDays: number | null;
  /** Where a certificate and its key lie with which files are signed, absolute paths; null: nothing is signed. */
  contentCredentials: { certificate: string; key: string } | null;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Whether to look for servers of models on this machine at start. */
  localDiscovery: boolean;
  /** By provider id; every known provider is there. */
  providers: Record<string, ProviderConfig>;
}

const CATALOGUE = createRegistry({ providers: [], config: {} });
/** What Relais composes by itself stands for nothing else. */
const FAMILY_IDS = FAMILIES.map(({ id }) => id).filter((id) => !CATALOGUE.resolve(id)?.composed);
const isKnownModel = (id: string): boolean => id.includes(":") && CATALOGUE.resolve(id) !== undefined;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const MAX_USD = 1_000_000;
const VISIBLE = /^[\x21-\x7e]+$/;
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]|[0-9a-f:.]+)(?::\d{1,5})?$/i;

/** What a wrong value is told: what it takes, and one that is right. A secret is never shown. */
interface Rule {
  takes: LocalText;
  example: string;
  isSecret: boolean;
}

const RULES = new Map<string, Rule>();

/** A setting: text from the environment, trimmed; empty is not set. */
function setting<T extends z.ZodType<unknown, string>>(
  name: string,
  value: T,
  rule: Omit<Rule, "isSecret"> & { isSecret?: boolean },
) {
  RULES.set(name, { isSecret: false, ...rule });
  return z
    .string()
    .optional()
    .transform((text) => text?.trim() || undefined)
    .pipe(value.optional());
}

const number = (limits: z.ZodNumber) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(limits);

const dollars: Omit<Rule, "isSecret"> = {
  takes: { fr: "un montant en dollars, de 0 à 1000000", en: "an amount in dollars, from 0 to 1000000" },
  example: "1.50",
};

const baseUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && username === "" && password === "";
});

const databaseUrl = z.string().refine((text) => {
  if (!URL.canParse(text) || /%(?![0-9a-f]{2})/i.test(text)) return false;
  const { protocol, pathname } = new URL(text);
  return (protocol === "postgres:" || protocol === "postgresql:") && pathname.length > 1;
});

const artifactsPlace = z.string().transform((text, context) => {
  if (path.isAbsolute(text) && !text.includes("\0")) return { folder: path.normalize(text) };
  const s3 = parseS3Location(text);
  if (s3) return { s3 };
  context.addIssue("not a place of files");
  return z.NEVER;
});

const pemPath = z
  .string()
  .refine((text) => !text.includes("\0") && !text.startsWith("-----"))
  .transform((text) => path.resolve(text));

/** A setting that Amazon's own programs read too; where Relais keeps its files elsewhere, it is of no concern. */
const awsSetting = (name: string, isSecret: boolean, example: string) =>
  setting(name, z.string().regex(VISIBLE), {
    takes: {
      fr: "la valeur donnée par le service S3, sans espace ni retour à la ligne",
      en: "what the S3 service gave you, without spaces or line breaks",
    },
    example,
    isSecret,
  });

/** A setting's name and its other names; none where there is no such setting. */
function namesOf(name: string | null, aliases: string[]): string[] {
  return name === null ? [] : [name, ...aliases];
}

/** The variables of the vendors, named by `providers.json`. */
function providerSettings() {
  const shape: Record<string, ReturnType<typeof setting<z.ZodType<string, string>>>> = {};
  for (const { settings } of PROVIDER_SETTINGS) {
    for (const name of namesOf(settings.apiKey, settings.apiKeyAliases)) {
      shape[name] = setting(name, z.string().regex(VISIBLE), {
        takes: {
          fr: "la clé donnée par le fournisseur, sans espace ni retour à la ligne",
          en: "the key that the vendor gave you, without spaces or line breaks",
        },
        example: "sk-…",
        isSecret: true,
      });
    }
    for (const name of namesOf(settings.baseUrl, settings.baseUrlAliases)) {
      shape[name] = setting(name, baseUrl, {
        takes: {
          fr: "une adresse http ou https, sans nom d’utilisateur ni mot de passe",
          en: "an http or https address, without user name or password",
        },
        example: settings.defaultBaseUrl ?? "http://127.0.0.1:3000",
        // Someone may have put a password into it.
        isSecret: true,
      });
    }
  }
  return shape;
}

const environmentSchema = z.object({
  HOST: setting("HOST", z.string().regex(HOST_NAME), {
    takes: { fr: "une adresse ou un nom de cette machine", en: "an address or name of this machine" },
    example: "127.0.0.1",
  }).default("127.0.0.1"),
  PORT: setting("PORT", number(z.int().max(65_535)), {
    takes: { fr: "un nombre entier de 0 à 65535", en: "a whole number from 0 to 65535" },
    example: "8000",
  }).default(8000),
  RELAIS_DATA_DIR: setting("RELAIS_DATA_DIR", z.string().regex(/^[^\0]+$/), {
    takes: { fr: "le chemin d’un dossier", en: "the path of a folder" },
    example: "./data",
  }).default("./data"),
  DATABASE_URL: setting("DATABASE_URL", databaseUrl, {
    takes: { fr: "l’adresse d’une base PostgreSQL", en: "the address of a PostgreSQL database" },
    example: "postgres://relais:password@127.0.0.1:5432/relais",
    isSecret: true,
  }),
  RELAIS_ARTIFACTS: setting("RELAIS_ARTIFACTS", artifactsPlace, {
    takes: {
      fr: "le chemin absolu d’un dossier, ou l’adresse d’un bucket S3 sans identifiants",
      en: "the absolute path of a folder, or the address of an S3 bucket without credentials",
    },
    example: "s3://bucket/relais?endpoint=https://s3.example.org&region=eu-west-1",
    // Someone may have put credentials into it.
    isSecret: true,
  }),
  AWS_ACCESS_KEY_ID: awsSetting("AWS_ACCESS_KEY_ID", true, "AKIA…"),
  AWS_SECRET_ACCESS_KEY: awsSetting("AWS_SECRET_ACCESS_KEY", true, "…"),
  AWS_SESSION_TOKEN: awsSetting("AWS_SESSION_TOKEN", true, "…"),
  AWS_REGION: awsSetting("AWS_REGION", false, "eu-west-1"),
  RELAIS_ACCESS_TOKEN: setting("RELAIS_ACCESS_TOKEN", z.string().regex(VISIBLE), {
    takes: {
      fr: "des lettres sans accent, chiffres et signes, sans espace",
      en: "plain letters, digits and signs, without spaces",
    },
    example: "$(openssl rand -hex 24)",
    isSecret: true,
  }).default(""),
  RELAIS_SECRET_KEY: setting("RELAIS_SECRET_KEY", z.string().refine(isStrongSecret), SECRET_RULE),
  RELAIS_SECRET_KEY_OLD: setting("RELAIS_SECRET_KEY_OLD", z.string().refine(isStrongSecret), SECRET_RULE),
  RELAIS_ALLOWED_HOSTS: setting(
    "RELAIS_ALLOWED_HOSTS",
    z
      .string()
      .transform((list) => list.split(",").map((host) => host.trim()))
      .pipe(z.array(z.string().regex(HOST_NAME))),
    {
      takes: { fr: "des noms de machine séparés par des virgules", en: "names of hosts, joined by commas" },
      example: "relais.example.org,relais.local",
    },
  ).default([]),
  RELAIS_DEFAULT_CAP_USD: setting("RELAIS_DEFAULT_CAP_USD", number(z.number().max(MAX_USD)), dollars),
  RELAIS_MAX_UPLOAD_MB: setting("RELAIS_MAX_UPLOAD_MB", number(z.int().min(1).max(100_000)), {
    takes: {
      fr: "un nombre entier de mébioctets, de 1 à 100000",
      en: "a whole number of MiB, from 1 to 100000",
    },
    example: "500",
  }).default(500),
  RELAIS_DAY_CAP_USD: setting("RELAIS_DAY_CAP_USD", number(z.number().max(MAX_USD)), dollars),
  RELAIS_MONTH_CAP_USD: setting("RELAIS_MONTH_CAP_USD", number(z.number().max(MAX_USD)), dollars),
  RELAIS_RETRY_UNKNOWN_UNDER_USD: setting(
    "RELAIS_RETRY_UNKNOWN_UNDER_USD",
    number(z.number().max(MAX_USD)),
    dollars,
  ).default(0),
  RELAIS_MAX_EXECUTIONS: setting("RELAIS_MAX_EXECUTIONS", number(z.int().min(1).max(1_000)), {
    takes: { fr: "un nombre entier de 1 à 1000", en: "a whole number from 1 to 1000" },
    example: "20",
  }).default(20),
  RELAIS_PROVIDER_LIMITS: setting("RELAIS_PROVIDER_LIMITS", providerLimits, {
    takes: {
      fr: `des règles fournisseur=appels à la fois/appels par minute, ou fournisseur=none, séparées par des virgules ; fournisseurs : ${LIMITED_PROVIDERS.join(", ")}`,
      en: `rules provider=calls at once/calls a minute, or provider=none, joined by commas; providers: ${LIMITED_PROVIDERS.join(", ")}`,
    },
    example: "openai=10/60,elevenlabs=4,mistral=/30,comfyui=none",
  }).default([]),
  RELAIS_TAKEOVER_SECONDS: setting("RELAIS_TAKEOVER_SECONDS", number(z.int().min(15).max(3_600)), {
    takes: { fr: "un nombre entier de 15 à 3600", en: "a whole number from 15 to 3600" },
    example: "30",
  }).default(30),
  RELAIS_RETENTION_DAYS: setting("RELAIS_RETENTION_DAYS", number(z.int().min(1).max(36_500)), {
    takes: { fr: "un nombre entier de jours, de 1 à 36500", en: "a whole number of days, from 1 to 36500" },
    example: "365",
  }),
  RELAIS_FAMILIES: setting(
    "RELAIS_FAMILIES",
    z
      .string()
      .transform((list) => list.split(",").map((rule) => rule.trim().split("=")))
      .pipe(z.array(z.tuple([z.enum(FAMILY_IDS), z.string().refine(isKnownModel)]))),
    {
      takes: {
        fr: `des règles famille=fournisseur:modèle séparées par des virgules ; familles : ${FAMILY_IDS.join(", ")}`,
        en: `rules family=provider:model, joined by commas; families: ${FAMILY_IDS.join(", ")}`,
      },
      example: "midjourney=openai:gpt-image-2,suno=minimax:music-2.6",
    },
  ).default([]),
  RELAIS_C2PA_CERT: setting("RELAIS_C2PA_CERT", pemPath, {
    takes: { fr: "le chemin d’un certificat au format PEM", en: "the path of a certificate in PEM form" },
    example: "/etc/relais/c2pa.pem",
  }),
  RELAIS_C2PA_KEY: setting("RELAIS_C2PA_KEY", pemPath, {
    takes: { fr: "le chemin d’une clé privée au format PEM", en: "the path of a private key in PEM form" },
    example: "/etc/relais/c2pa.key",
  }),
  RELAIS_LOCAL_DISCOVERY: setting("RELAIS_LOCAL_DISCOVERY", z.enum(["0", "1"]), {
    takes: { fr: "1 (chercher) ou 0 (ne rien chercher)", en: "1 (look) or 0 (look for nothing)" },
    example: "1",
  }).default("0"),
  RELAIS_LOG_LEVEL: setting("RELAIS_LOG_LEVEL", z.enum(LOG_LEVELS), {
    takes: { fr: `un de ces mots : ${LOG_LEVELS.join(", ")}`, en: `one of: ${LOG_LEVELS.join(", ")}` },
    example: "info",
  }).default("info"),
  ...providerSettings(),
});

/** The names of all settings; `docs/configuration.md` lists them. */
export const SETTING_NAMES: readonly string[] = Object.keys(environmentSchema.shape);

/** @throws CommandFailure which names the first setting that is wrong, and what would be right. */
export function readSettings(environment: Environment): Settings {
  const read = environmentSchema.safeParse(environment);
  if (!read.success) {
    const name = String(read.error.issues[0]?.path[0]);
    throw wrongSetting(name, environment[name] ?? "");
  }
  const values = read.data;
  for (const [family, model] of values.RELAIS_FAMILIES) checkFamilyRule(family, model);
  if (values.RELAIS_ACCESS_TOKEN === "" && !isLoopback(values.HOST)) throw openToEveryone(values.HOST);
  const first = (names: string[]): string | null => {
    const given = names.map((name): unknown => Reflect.get(values, name));
    return given.find((value) => typeof value === "string") ?? null;
  };
  return {
    host: values.HOST.replace(/^\[|\]$/g, ""),
    port: values.PORT,
    dataFolder: path.resolve(values.RELAIS_DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    artifacts: values.RELAIS_ARTIFACTS ?? null,
    aws: awsCredentials(values),
    awsRegion: values.AWS_REGION ?? null,
    accessToken: values.RELAIS_ACCESS_TOKEN || null,
    secretKey: values.RELAIS_SECRET_KEY ?? null,
    oldSecretKey: values.RELAIS_SECRET_KEY_OLD ?? null,
    allowedHosts: values.RELAIS_ALLOWED_HOSTS,
    maxUploadBytes: values.RELAIS_MAX_UPLOAD_MB * 1024 * 1024,
    defaultCapNanoUsd: capOf(values.RELAIS_DEFAULT_CAP_USD),
    defaultCaps: {
      day: capOf(values.RELAIS_DAY_CAP_USD),
      month: capOf(values.RELAIS_MONTH_CAP_USD),
    },
    retryUnknownUnderNanoUsd: usdToNanoUsd(values.RELAIS_RETRY_UNKNOWN_UNDER_USD),
    families: Object.fromEntries(values.RELAIS_FAMILIES),
    maxExecutions: values.RELAIS_MAX_EXECUTIONS,
    providerLimits: limitsOfProviders(values.RELAIS_PROVIDER_LIMITS),
    takeOverSeconds: values.RELAIS_TAKEOVER_SECONDS,
    retentionDays: values.RELAIS_RETENTION_DAYS ?? null,
    contentCredentials: contentCredentials(values),
    logLevel: values.RELAIS_LOG_LEVEL,
    localDiscovery: values.RELAIS_LOCAL_DISCOVERY === "1",
    providers: Object.fromEntries(
      PROVIDER_SETTINGS.map(({ id, settings }) => [
        id,
        {
          apiKey: first(namesOf(settings.apiKey, settings.apiKeyAliases)),
          baseUrl: first(namesOf(settings.baseUrl, settings.baseUrlAliases)),
        },
      ]),
    ),
  };
}

function awsCredentials(values: {
  AWS_ACCESS_KEY_ID?: string | undefined;
  AWS_SECRET_ACCESS_KEY?: string | undefined;
  AWS_SESSION_TOKEN?: string | undefined;
}): Settings["aws"] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, sessionToken: values.AWS_SESSION_TOKEN ?? null };
}

/** @throws CommandFailure where only one of the two is set. */
function contentCredentials(values: {
  RELAIS_C2PA_CERT?: string | undefined;
  RELAIS_C2PA_KEY?: string | undefined;
}): Settings["contentCredentials"] {
  const { RELAIS_C2PA_CERT: certificate, RELAIS_C2PA_KEY: key } = values;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return null;
  const missing = certificate === undefined ? "RELAIS_C2PA_CERT" : "RELAIS_C2PA_KEY";
  throw new CommandFailure(
    {
      fr: `Il manque ${missing} : un certificat et sa clé vont ensemble. Rien n’a été lancé ni facturé. Donnez les deux, ou aucun pour ne rien signer.`,
      en: `${missing} is missing: a certificate and its key go together. Nothing was started or billed. Set both, or neither to sign nothing.`,
    },
    EXIT.usage,
  );
}

function capOf(usd: number | undefined): NanoUsd | null {
  return usd === undefined ? null : usdToNanoUsd(usd);
}

/** Origins of the addresses that a person configured: trusted, loopback included. */
export function configuredOrigins({ providers }: Settings): string[] {
  return Object.values(providers).flatMap(({ baseUrl: address }) =>
    address === null ? [] : [new URL(address).origin],
  );
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

function wrongSetting(name: string, value: string): CommandFailure {
  const rule = RULES.get(name);
  if (!rule) throw new Error(`no rule for the setting ${name}`);
  const { takes, example, isSecret } = rule;
  const shown = isSecret ? { fr: "la valeur donnée", en: "the value given" } : quoted(value);
  return new CommandFailure(
    {
      fr: `${name} : ${shown.fr} ne convient pas, il faut ${takes.fr}, par exemple ${name}=${example}`,
      en: `${name}: ${shown.en} does not fit, it takes ${takes.en}, for example ${name}=${example}`,
    },
    EXIT.usage,
  );
}

/** @throws CommandFailure where the model is gone, or makes something else than steps of the family are for. */
function checkFamilyRule(family: string, modelId: string): void {
  const model = CATALOGUE.resolve(modelId);
  const usual = CATALOGUE.resolve(FAMILIES.find(({ id }) => id === family)?.model ?? "");
  if (!model || !usual) throw new Error(`${family}=${modelId} has been read as a rule`);
  const why = whyUnfit(model, usual);
  if (!why) return;
  const rule = quoted(`${family}=${modelId}`);
  const example = `RELAIS_FAMILIES=${family}=${usual.id}`;
  throw new CommandFailure(
    {
      fr: `RELAIS_FAMILIES : la règle ${rule.fr} ne convient pas, ${why.fr}, par exemple ${example}`,
      en: `RELAIS_FAMILIES: the rule ${rule.en} does not fit, ${why.en}, for example ${example}`,
    },
    EXIT.usage,
  );
}

function whyUnfit(model: ModelInfo, usual: ModelInfo): LocalText | null {
  if (model.status === "shut_down") {
    const day = model.shutdown_date === null ? null : longDate(model.shutdown_date);
    return {
      fr: `${model.id} est arrêté${day ? ` depuis le ${day.fr}` : ""} : prenez un modèle en service`,
      en: `${model.id} ${day ? `was shut down on ${day.en}` : "is shut down"}: take a model that runs`,
    };
  }
  if (model.modality === usual.modality) return null;
  const [made, wanted] = [MODALITY_NAMES[model.modality], MODALITY_NAMES[usual.modality]];
  return {
    fr: `${model.id} fait autre chose (${made.fr}) : il faut un modèle pour « ${wanted.fr} »`,
    en: `${model.id} makes something else (${made.en}): it takes a model for “${wanted.en}”`,
  };
}

function openToEveryone(host: string): CommandFailure {
  return new CommandFailure(
    {
      fr: `HOST=${host} ouvrirait Relais au réseau sans protection : donnez aussi un jeton d’accès, par exemple RELAIS_ACCESS_TOKEN=$(openssl rand -hex 24), ou gardez HOST=127.0.0.1`,
      en: `HOST=${host} would open Relais to the network unprotected: give it an access token too, for example RELAIS_ACCESS_TOKEN=$(openssl rand -hex 24), or keep HOST=127.0.0.1`,
    },
    EXIT.usage,
  );
}
