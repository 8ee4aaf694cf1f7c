import { constants, createPrivateKey, sign, type KeyObject } from "node:crypto";
import { encode } from "cborg";
import type { Signer, SigningAlgorithm } from "./signer.ts";

/** Numbers of the headers and algorithms: RFC 9052, RFC 9053, RFC 8230; `x5chain`: RFC 9360. */
const HEADER = { algorithm: 1, chain: 33 };
const ALGORITHMS: Record<SigningAlgorithm, { number: number; hash: string | null }> = {
  es256: { number: -7, hash: "sha256" },
  es384: { number: -35, hash: "sha384" },
  es512: { number: -36, hash: "sha512" },
  ps256: { number: -37, hash: "sha256" },
  ed25519: { number: -8, hash: null },
};
/** The tag of a COSE_Sign1. */
const SIGN1_TAG = Buffer.from([0xd2]);

/**
 * Signs a C2PA claim: a COSE_Sign1 without the claim itself, filled up to exactly `bytes`, the room that was left for it.
 * @throws RangeError where it does not fit.
 */
export function coseSignature(
  claim: Uint8Array,
  { algorithm, chain, key }: Signer,
  bytes: number,
): Uint8Array {
  const { number, hash } = ALGORITHMS[algorithm];
  const certificates = chain.length === 1 ? chain[0] : chain;
  const header = encode(
    new Map<number, unknown>([
      [HEADER.algorithm, number],
      [HEADER.chain, certificates],
    ]),
  );
  const signed = encode(["Signature1", header, new Uint8Array(0), claim]);
  const signature = signatureOf(signed, hash, privateKey(key));
  const withPadding = (length: number): Buffer => {
    const unprotected = new Map([["pad", new Uint8Array(length)]]);
    return Buffer.concat([SIGN1_TAG, encode([header, unprotected, null, signature])]);
  };
  // The length of the padding is itself written in one to three bytes, so it takes a few tries.
  const most = bytes - withPadding(0).length;
  for (let length = most; length >= Math.max(0, most - 4); length -= 1) {
    const filled = withPadding(length);
    if (filled.length === bytes) return new Uint8Array(filled);
  }
  throw new RangeError(`a signature of ${withPadding(0).length} bytes does not fit into ${bytes}`);
}

function privateKey(key: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" });
}

function signatureOf(signed: Uint8Array, hash: string | null, key: KeyObject): Uint8Array {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  const how =
    key.asymmetricKeyType === "rsa" ? { padding, saltLength } : { dsaEncoding: "ieee-p1363" as const };
  return new Uint8Array(sign(hash, signed, { key, ...how }));
}
