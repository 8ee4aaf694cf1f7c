import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** How a key signs, as C2PA names it. */
export type SigningAlgorithm = "es256" | "es384" | "es512" | "ps256" | "ed25519";

/** A certificate of a person's own, with which files are signed. */
export interface Signer {
  algorithm: SigningAlgorithm;
  /** DER, the signer's own first, then what vouches for it. */
  chain: Uint8Array[];
  /** PKCS 8, DER. */
  key: Uint8Array;
}

/** Why a certificate and a key cannot sign together. */
export class SignerProblem extends Error {
  override readonly name = "SignerProblem";
  readonly reason: "certificate" | "key" | "pair" | "algorithm" | "dates" | "authority";

  constructor(reason: SignerProblem["reason"], options?: ErrorOptions) {
    super(`unusable signer: ${reason}`, options);
    this.reason = reason;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const CURVES: Record<string, SigningAlgorithm> = {
  prime256v1: "es256",
  secp384r1: "es384",
  secp521r1: "es512",
};
const MIN_RSA_BITS = 2_048;

/**
 * Reads a certificate with its chain, and its key, both PEM.
 * @throws SignerProblem where they do not fit together, are not valid at `now`, or are of a kind that C2PA does not take.
 */
export function readSigner(certificatePem: string, keyPem: string, now: Date): Signer {
  const chain = (certificatePem.match(CERTIFICATE) ?? []).map((pem) => {
    try {
      return new X509Certificate(pem);
    } catch (error) {
      throw new SignerProblem("certificate", { cause: error });
    }
  });
  const [own] = chain;
  if (!own) throw new SignerProblem("certificate");
  const key = privateKey(keyPem);
  if (!own.checkPrivateKey(key)) throw new SignerProblem("pair");
  if (now < new Date(own.validFrom) || now > new Date(own.validTo)) throw new SignerProblem("dates");
  if (own.ca) throw new SignerProblem("authority");
  return {
    algorithm: algorithmOf(key),
    // A root is known to whoever trusts it, and does not belong in the chain.
    chain: chain.filter((certificate) => !isRoot(certificate)).map(({ raw }) => new Uint8Array(raw)),
    key: new Uint8Array(key.export({ format: "der", type: "pkcs8" })),
  };
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new SignerProblem("key", { cause: error });
  }
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.checkIssued(certificate);
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningAlgorithm {
  const { namedCurve = "", modulusLength = 0 } = asymmetricKeyDetails ?? {};
  const algorithm = asymmetricKeyType === "ec" ? CURVES[namedCurve] : undefined;
  if (algorithm) return algorithm;
  if (asymmetricKeyType === "ed25519") return "ed25519";
  if (asymmetricKeyType === "rsa" && modulusLength >= MIN_RSA_BITS) return "ps256";
  throw new SignerProblem("algorithm");
}
