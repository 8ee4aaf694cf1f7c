import type { Db } from "../db/database.ts";
import {
  listProviderKeys,
  removeProviderKey,
  resealProviderKey,
  storeProviderKey,
  type StoredKey,
} from "../db/provider-key-store.ts";
import type { Writer } from "../db/writer.ts";
import type { KeyProblem, KeyRing, StoredKeyState } from "../providers/key-ring.ts";
import { deriveCipher, makeSalt, type KeyCipher } from "./key-cipher.ts";
import type { SecretList } from "./secret-list.ts";

/** A key that is shorter shows nothing of itself: four characters of 20 leave a guesser 16. */
const MIN_CHARACTERS_TO_SHOW_ENDING = 20;
const ENDING_CHARACTERS = 4;

/** Where is said what happens to stored keys: by their names only. */
type KeyLog = Record<"warn" | "info" | "error", (fields: object, message: string) => void>;

export interface KeyRingOptions {
  db: Db;
  writer: Writer;
  /** What keys are sealed with; null: none can be stored. */
  secret: string | null;
  /** The secret before; what it sealed is sealed again with the new one. */
  oldSecret: string | null;
  /** Told of every key as soon as it comes up. */
  secrets: Pick<SecretList, "addKey">;
  /** Tells the other processes on the database that something has changed. */
  announce: () => void;
  logger: KeyLog;
}

interface OpenedKey extends StoredKeyState {
  key: string | null;
}

/** Keys in the database, opened once and again whenever another process has changed them. */
export class DatabaseKeyRing implements KeyRing {
  readonly #options: KeyRingOptions;
  readonly #ciphers = new Map<string, Promise<KeyCipher>>();
  #keys: ReadonlyMap<string, OpenedKey> = new Map();
  #salt: string | null = null;
  #reading: Promise<void> = Promise.resolve();
  /** What was last said in the log to be unreadable. */
  #saidUnreadable = "";

  private constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Opens what is stored; what the old secret sealed is sealed again. Nothing that cannot be opened is changed. */
  static async open(options: KeyRingOptions): Promise<DatabaseKeyRing> {
    const ring = new DatabaseKeyRing(options);
    await ring.#reseal();
    await ring.#read();
    return ring;
  }

  get canStore(): boolean {
    return this.#options.secret !== null;
  }

  keyOf(variable: string): string | null {
    return this.#keys.get(variable)?.key ?? null;
  }

  stateOf(variable: string): StoredKeyState | null {
    const found = this.#keys.get(variable);
    return found ? { ending: found.ending, problem: found.problem, updatedAt: found.updatedAt } : null;
  }

  async store(variable: string, key: string): Promise<void> {
    const { secret, secrets, writer } = this.#options;
    secrets.addKey(key);
    if (secret === null) throw new Error("there is no secret to seal a key with");
    const sealed = (await this.#cipher(secret, this.#salt ?? makeSalt())).seal(variable, key);
    const updatedAt = new Date().toISOString();
    await writer.write(async (trx) => await storeProviderKey(trx, { variable, ...sealed, updatedAt }));
    await this.#changed();
  }

  async remove(variable: string): Promise<void> {
    await this.#options.writer.write(async (trx) => await removeProviderKey(trx, variable));
    await this.#changed();
  }

  /** One reading after the other, so that the last one wins. */
  async refresh(): Promise<void> {
    const next = this.#reading.then(async () => await this.#read());
    this.#reading = next.catch((error: unknown) => {
      this.#options.logger.error({ err: error }, "the keys of the settings could not be read");
    });
    await this.#reading;
  }

  async #changed(): Promise<void> {
    await this.refresh();
    this.#options.announce();
  }

  async #read(): Promise<void> {
    const stored = await listProviderKeys(this.#options.db);
    const opened = new Map<string, OpenedKey>();
    for (const row of stored) opened.set(row.variable, await this.#open(row));
    this.#keys = opened;
    this.#sayUnreadable();
  }

  async #open(row: StoredKey): Promise<OpenedKey> {
    const { secret, secrets } = this.#options;
    const unreadable = (problem: KeyProblem): OpenedKey => ({
      key: null,
      ending: null,
      problem,
      updatedAt: row.updatedAt,
    });
    if (secret === null) return unreadable("no_secret");
    const cipher = await this.#cipher(secret, row.salt);
    if (cipher.secretId !== row.secretId) return unreadable("other_secret");
    const key = cipher.open(row.variable, row.sealed);
    if (key === null) return unreadable("damaged");
    this.#salt = row.salt;
    secrets.addKey(key);
    const isLong = key.length >= MIN_CHARACTERS_TO_SHOW_ENDING;
    const ending = isLong ? key.slice(-ENDING_CHARACTERS) : null;
    return { key, ending, problem: null, updatedAt: row.updatedAt };
  }

  async #reseal(): Promise<void> {
    const { secret, oldSecret, db, writer, logger } = this.#options;
    if (secret === null || oldSecret === null) return;
    const salt = makeSalt();
    const resealed: string[] = [];
    for (const row of await listProviderKeys(db)) {
      const old = await this.#cipher(oldSecret, row.salt);
      const key = old.secretId === row.secretId ? old.open(row.variable, row.sealed) : null;
      if (key === null) continue;
      const sealed = (await this.#cipher(secret, salt)).seal(row.variable, key);
      await writer.write(async (trx) => await resealProviderKey(trx, { ...row, ...sealed }, row));
      resealed.push(row.variable);
    }
    if (resealed.length > 0)
      logger.info({ variables: resealed }, "stored keys were sealed with the new secret");
  }

  /** A phrase is slow to derive from, so each derivation is done once. */
  #cipher(secret: string, salt: string): Promise<KeyCipher> {
    const name = `${salt} ${secret}`;
    const known = this.#ciphers.get(name) ?? deriveCipher(secret, salt);
    this.#ciphers.set(name, known);
    return known;
  }

  #sayUnreadable(): void {
    const unreadable = [...this.#keys].flatMap(([variable, { problem }]) => (problem ? [variable] : []));
    const names = unreadable.join(", ");
    if (names !== "" && names !== this.#saidUnreadable) {
      this.#options.logger.warn(
        { variables: unreadable },
        "stored keys cannot be read: RELAIS_SECRET_KEY is missing or is not the one they were stored with; set that one again, or enter the keys again",
      );
    }
    this.#saidUnreadable = names;
  }
}
