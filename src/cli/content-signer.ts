import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { messageOf, type LocalText } from "../errors.ts";
import { signFile } from "../media/content-credentials.ts";
import type { Provenance } from "../media/provenance.ts";
import { readSigner, SignerProblem, type Signer } from "../media/signer.ts";
import type { Marking } from "../steps/mark-output.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import type { Settings } from "./config.ts";

/** The smallest PNG: one grey point. */
const POINT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
  "base64",
);

const TRIAL_MS = 60_000;

/**
 * How files say how they were made, under these settings.
 * @throws CommandFailure where the certificate that is set cannot be used.
 */
export async function openMarking(
  settings: Pick<Settings, "contentCredentials">,
  logger: Logger,
): Promise<Marking> {
  const signer = await openSigner(settings);
  const onUnmarked = (error: unknown): void => {
    logger.warn({ err: error }, "a file was kept without saying how it was made");
  };
  return { signer, onUnmarked };
}

/**
 * The certificate with which files are signed, tried on a picture of one point, so that the first paid one does not show that
 * it cannot be done; null where none is set.
 * @throws CommandFailure which says what does not fit.
 */
async function openSigner({
  contentCredentials: files,
}: Pick<Settings, "contentCredentials">): Promise<Signer | null> {
  if (!files) return null;
  const certificate = readPem("RELAIS_C2PA_CERT", files.certificate);
  const key = readPem("RELAIS_C2PA_KEY", files.key);
  try {
    const signer = readSigner(certificate, key, new Date());
    const provenance: Provenance = { source: "algorithmicMedia", madeBy: [] };
    const signal = AbortSignal.timeout(TRIAL_MS);
    await signFile({ bytes: POINT }, { mediaType: "image/png", provenance, signer, signal });
    return signer;
  } catch (error) {
    throw unfit(error);
  }
}

function readPem(name: string, place: string): string {
  try {
    return readFileSync(place, "utf8");
  } catch (error) {
    throw unreadable(name, place, error);
  }
}

function unreadable(name: string, place: string, error: unknown): CommandFailure {
  return new CommandFailure(
    {
      fr: `${name} : le fichier ${place} ne peut pas être lu (${messageOf(error)}). Rien n’a été lancé ni facturé. Corrigez le chemin ou les droits du fichier.`,
      en: `${name}: the file ${place} cannot be read (${messageOf(error)}). Nothing was started or billed. Correct the path, or the permissions of the file.`,
    },
    EXIT.usage,
  );
}

const REASONS: Record<SignerProblem["reason"], LocalText> = {
  certificate: {
    fr: "RELAIS_C2PA_CERT ne contient aucun certificat au format PEM",
    en: "RELAIS_C2PA_CERT holds no certificate in PEM form",
  },
  key: {
    fr: "RELAIS_C2PA_KEY ne contient pas de clé privée lisible, au format PEM et sans mot de passe",
    en: "RELAIS_C2PA_KEY holds no readable private key, in PEM form and without a passphrase",
  },
  pair: {
    fr: "la clé de RELAIS_C2PA_KEY n’est pas celle du premier certificat de RELAIS_C2PA_CERT",
    en: "the key of RELAIS_C2PA_KEY is not the one of the first certificate of RELAIS_C2PA_CERT",
  },
  algorithm: {
    fr: "la clé de RELAIS_C2PA_KEY est d’un genre que C2PA n’accepte pas : il faut P-256, P-384, P-521, Ed25519, ou RSA de 2048 bits au moins",
    en: "the key of RELAIS_C2PA_KEY is of a kind that C2PA does not take: it takes P-256, P-384, P-521, Ed25519, or RSA of at least 2048 bits",
  },
  dates: {
    fr: "le certificat de RELAIS_C2PA_CERT n’est pas valable aujourd’hui",
    en: "the certificate of RELAIS_C2PA_CERT is not valid today",
  },
  authority: {
    fr: "le premier certificat de RELAIS_C2PA_CERT est celui d’une autorité : il faut celui qui signe, puis ceux qui le garantissent",
    en: "the first certificate of RELAIS_C2PA_CERT is that of an authority: put the one that signs first, then those that vouch for it",
  },
};

function unfit(error: unknown): CommandFailure {
  const why =
    error instanceof SignerProblem
      ? REASONS[error.reason]
      : {
          fr: `un essai de signature a échoué (${messageOf(error)})`,
          en: `a trial signature failed (${messageOf(error)})`,
        };
  return new CommandFailure(
    {
      fr: `Les fichiers ne peuvent pas être signés : ${why.fr}. Rien n’a été lancé ni facturé. Corrigez ces réglages, ou retirez-les pour ne rien signer.`,
      en: `Files cannot be signed: ${why.en}. Nothing was started or billed. Correct these settings, or remove them to sign nothing.`,
    },
    EXIT.usage,
  );
}
