import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
/** About 80 ms and 32 MB, which whoever guesses pass phrases pays for each guess. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MIN_PHRASE_CHARACTERS = 20;
/** A text with fewer different signs is a placeholder, or one word again and again. */
const MIN_DIFFERENT = 8;

/** A text that was encrypted for one variable. */
interface SealedText {
  sealed: string;
  salt: string;
  secretId: string;
}

/** Encrypts under one secret and one salt. */
export interface KeyCipher {
  /** Tells secrets apart without telling what they are. */
  secretId: string;
  seal(variable: string, text: string): SealedText;
  /** Null where it was changed, or sealed for another variable. */
  open(variable: string, sealed: string): string | null;
}

/** What whoever gives a weak secret is told. */
export const SECRET_RULE = {
  takes: {
    fr: "32 octets au hasard en base64 ou en hexadécimal, ou une phrase de passe d’au moins 20 caractères variés",
    en: "32 random bytes in base64 or hexadecimal, or a pass phrase of at least 20 varied characters",
  },
  example: "$(npx relais secret)",
  isSecret: true,
};

/** Whether a secret takes too long to guess: 32 random bytes, or a long phrase. */
export function isStrongSecret(secret: string): boolean {
  const bytes = randomBytesOf(secret);
  if (bytes) return new Set(bytes).size >= MIN_DIFFERENT;
  return Array.from(secret).length >= MIN_PHRASE_CHARACTERS && new Set(secret).size >= MIN_DIFFERENT;
}

export function makeSecret(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

export function makeSalt(): string {
  return randomBytes(SALT_BYTES).toString("base64");
}

/** Derives the key of a secret: at once from 32 bytes, slowly from a phrase. */
export async function deriveCipher(secret: string, salt: string): Promise<KeyCipher> {
  const derived = await derive(secret, Buffer.from(salt, "base64"));
  const key = derived.subarray(0, KEY_BYTES);
  const secretId = createHash("sha256").update(derived.subarray(KEY_BYTES)).digest("hex").slice(0, 16);
  return {
    secretId,
    seal(variable, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(purposeOf(variable));
      const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const sealed = Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString("base64");
      return { sealed, salt, secretId };
    },
    open(variable, sealed) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < IV_BYTES + TAG_BYTES) return null;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(purposeOf(variable)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        // What it says is only that the tag does not fit.
        return null;
      }
    },
  };
}

/** What is sealed for one variable does not open for another. */
function purposeOf(variable: string): Buffer {
  return Buffer.from(`relais provider key, version 1: ${variable}`);
}

async function derive(secret: string, salt: Buffer): Promise<Buffer> {
  const bytes = randomBytesOf(secret);
  if (bytes) return Buffer.from(hkdfSync("sha256", bytes, salt, "relais provider keys", 2 * KEY_BYTES));
  const slow = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);
  return await slow(secret.normalize("NFKC"), salt, 2 * KEY_BYTES, SCRYPT);
}

/** The bytes of a secret that is 32 of them in hexadecimal or base64; null: it is a phrase. */
function randomBytesOf(secret: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(secret)) return Buffer.from(secret, "hex");
  if (!/^[\w+/-]{43}=?$/.test(secret)) return null;
  return Buffer.from(secret, "base64");
}
