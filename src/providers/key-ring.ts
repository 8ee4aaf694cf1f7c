/** Why a key that was stored cannot be used: there is no secret to open it, it was sealed with another, or it was changed. */
export type KeyProblem = "no_secret" | "other_secret" | "damaged";

/** What may be told of a key that is stored. */
export interface StoredKeyState {
  /** Its last characters, by which a person tells it from others; null where it is too short to show any. */
  ending: string | null;
  /** Null: it can be used. */
  problem: KeyProblem | null;
  updatedAt: string;
}

/** The keys that people gave on the page, by the environment variable whose place they take. They hold at once, everywhere. */
export interface KeyRing {
  /** Whether there is a secret to seal keys with. */
  canStore: boolean;
  keyOf(variable: string): string | null;
  /** Null: none is stored. */
  stateOf(variable: string): StoredKeyState | null;
  /** Seals and stores a key. Calls that are under way keep theirs. */
  store(variable: string, key: string): Promise<void>;
  remove(variable: string): Promise<void>;
  /** Reads what other processes may have stored. */
  refresh(): Promise<void>;
}
