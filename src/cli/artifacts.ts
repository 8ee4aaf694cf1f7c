import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Logger } from "pino";
import { createFileStore } from "../artifacts/file-store.ts";
import { MemoryHolds } from "../artifacts/memory-holds.ts";
import type { S3Location } from "../artifacts/s3-location.ts";
import type { ArtifactStore, ContentHolds } from "../artifacts/store.ts";
import { isArtifactNamed } from "../db/artifact-store.ts";
import type { SharedStore } from "../db/shared-store.ts";
import { lapseAllHolds, writeHoldDown } from "../db/hold-store.ts";
import { SharedHolds } from "../db/shared-holds.ts";
import type { Store } from "../db/store.ts";
import { messageOf, type LocalText } from "../errors.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { ownWorkFolder, sharedWorkFolder, type WorkFolder } from "./work-folder.ts";

/** The store of files, and the folder into which results are downloaded before they are stored. */
interface OpenArtifacts {
  artifacts: ArtifactStore;
  saveFolder: string;
  close(): Promise<void>;
}

type ArtifactSettings = Pick<Settings, "artifacts" | "aws" | "awsRegion" | "databaseUrl" | "dataFolder">;

/**
 * Opens the store that the settings name, and removes what a crash left half-way.
 * @throws CommandFailure when it cannot be used.
 */
export async function openArtifacts(
  settings: ArtifactSettings,
  { database, logger }: { database: Store | SharedStore; logger: Logger },
): Promise<OpenArtifacts> {
  const { artifacts: place } = settings;
  const holds = "queue" in database ? new SharedHolds(database.writer) : await ownHolds(database);
  if (place && "s3" in place) return await openBucket(settings, place.s3, holds);
  if (!place && "queue" in database) logger.warn(ONE_MACHINE);
  const folder = place ? place.folder : path.join(settings.dataFolder, "artifacts");
  const incoming = makeIncoming(folder, settings);
  const artifacts = createFileStore(folder, { temporaryFolder: incoming.folder, holds });
  return { artifacts, saveFolder: incoming.folder, close: incoming.remove };
}

async function ownHolds({ db, writer }: Store): Promise<ContentHolds> {
  await lapseAllHolds(db);
  return new MemoryHolds({
    isNamed: (hash) => isArtifactNamed(db, hash),
    writeDown: (hash) => writeHoldDown(writer, hash),
  });
}

const ONE_MACHINE =
  "files are kept on this machine, under RELAIS_DATA_DIR: processes on other machines do not see them. Where there are any, set RELAIS_ARTIFACTS to a bucket (s3://…), or to a folder that all share";

async function openBucket(
  { aws, awsRegion, ...settings }: ArtifactSettings,
  location: S3Location,
  holds: ContentHolds,
): Promise<OpenArtifacts> {
  if (!aws) throw withoutCredentials();
  // Loaded here only: who keeps files on disk does not wait for it.
  const { S3Store } = await import("../artifacts/s3-store.ts");
  const region = location.region ?? awsRegion ?? "us-east-1";
  const artifacts = new S3Store({ location, region, credentials: aws, holds });
  try {
    await artifacts.prove();
  } catch (error) {
    await artifacts.close();
    throw unusable(location, region, error);
  }
  const incoming = makeIncoming(path.join(settings.dataFolder, "artifacts"), settings);
  const close = async (): Promise<void> => {
    await artifacts.close();
    await incoming.remove();
  };
  return { artifacts, saveFolder: incoming.folder, close };
}

/** @throws CommandFailure when the folder for files under way cannot be made. */
function makeIncoming(parent: string, { databaseUrl }: Pick<Settings, "databaseUrl">): WorkFolder {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    return databaseUrl === null ? ownWorkFolder(parent) : sharedWorkFolder(parent);
  } catch (error) {
    throw new CommandFailure({
      fr: `Le dossier de fichiers ${parent} ne peut pas être utilisé (${messageOf(error)}). Rien n’a été lancé ni facturé. Vérifiez ses droits, ou choisissez-en un autre avec RELAIS_ARTIFACTS.`,
      en: `The folder of files ${parent} cannot be used (${messageOf(error)}). Nothing was started or billed. Check its permissions, or choose another one with RELAIS_ARTIFACTS.`,
    });
  }
}

function withoutCredentials(): CommandFailure {
  return new CommandFailure(
    {
      fr: "RELAIS_ARTIFACTS nomme un bucket S3, mais il manque AWS_ACCESS_KEY_ID ou AWS_SECRET_ACCESS_KEY. Rien n’a été lancé ni facturé. Donnez les deux.",
      en: "RELAIS_ARTIFACTS names an S3 bucket, but AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing. Nothing was started or billed. Set both.",
    },
    EXIT.usage,
  );
}

/** What to do about refusals of S3, by their code. */
const ADVICE: Record<string, LocalText> = {
  NoSuchBucket: {
    fr: "Ce bucket n’existe pas : créez-le, ou corrigez RELAIS_ARTIFACTS.",
    en: "There is no such bucket: create it, or correct RELAIS_ARTIFACTS.",
  },
  InvalidAccessKeyId: {
    fr: "Ce service ne connaît pas AWS_ACCESS_KEY_ID : corrigez-le.",
    en: "The service does not know AWS_ACCESS_KEY_ID: correct it.",
  },
  SignatureDoesNotMatch: {
    fr: "AWS_SECRET_ACCESS_KEY n’est pas celui de AWS_ACCESS_KEY_ID : corrigez-le.",
    en: "AWS_SECRET_ACCESS_KEY is not the one of AWS_ACCESS_KEY_ID: correct it.",
  },
  AccessDenied: {
    fr: "Ces identifiants doivent pouvoir lire, écrire, supprimer et lister dans ce bucket : donnez-leur ce droit.",
    en: "These credentials have to be allowed to read, write, delete and list in this bucket: give them that right.",
  },
  RequestTimeTooSkewed: {
    fr: "L’horloge de cette machine est fausse : mettez-la à l’heure.",
    en: "The clock of this machine is wrong: set it right.",
  },
};
const EXPIRED: LocalText = {
  fr: "AWS_SESSION_TOKEN a expiré ou n’est pas le bon : donnez-en un nouveau.",
  en: "AWS_SESSION_TOKEN has expired or is not the right one: set a new one.",
};
const CHECK_ADDRESS: LocalText = {
  fr: "Vérifiez que le service fonctionne et que RELAIS_ARTIFACTS est juste.",
  en: "Check that the service runs and that RELAIS_ARTIFACTS is right.",
};

function unusable({ bucket, endpoint }: S3Location, region: string, error: unknown): CommandFailure {
  const advice = adviceOn(error, region);
  const at = endpoint ?? "Amazon S3";
  return new CommandFailure({
    fr: `Le bucket ${bucket} (${at}) ne peut pas être utilisé (${messageOf(error)}). Rien n’a été lancé ni facturé. ${advice.fr}`,
    en: `The bucket ${bucket} (${at}) cannot be used (${messageOf(error)}). Nothing was started or billed. ${advice.en}`,
  });
}

function adviceOn(error: unknown, region: string): LocalText {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (["ExpiredToken", "InvalidToken"].includes(code)) return EXPIRED;
  if (["AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect"].includes(code)) {
    return {
      fr: `La région « ${region} » n’est pas la sienne : donnez-la dans RELAIS_ARTIFACTS (region=…) ou dans AWS_REGION.`,
      en: `Its region is not “${region}”: set it in RELAIS_ARTIFACTS (region=…) or in AWS_REGION.`,
    };
  }
  return ADVICE[code] ?? CHECK_ADDRESS;
}
