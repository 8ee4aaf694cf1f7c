import { secretForms } from "../providers/secret-forms.ts";
import type { Settings } from "./config.ts";

const REMOVED = "[removed]";

/** What may stand in no log: the secrets of the settings, and every key that comes up while the program runs. */
export class SecretList {
  readonly #written = new Set<string>();
  /** As they stand in JSON. The longest first, in case one is the beginning of another. */
  #ordered: string[] = [];

  constructor(settings: Settings) {
    for (const secret of secretsOf(settings)) this.#written.add(inJson(secret));
    for (const { apiKey } of Object.values(settings.providers)) if (apiKey !== null) this.addKey(apiKey);
    this.#order();
  }

  /** A key stays known for good: what speaks of it may come after it was replaced. */
  addKey(key: string): void {
    for (const form of secretForms(key)) this.#written.add(inJson(form));
    this.#order();
  }

  /** A line of JSON without secrets. */
  removedFrom(line: string): string {
    return this.#ordered.reduce((text, secret) => text.replaceAll(secret, REMOVED), line);
  }

  #order(): void {
    this.#ordered = [...this.#written].toSorted((one, other) => other.length - one.length);
  }
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

/** What in the settings may not stand in a log, beside the keys of providers. */
function secretsOf({ accessToken, secretKey, oldSecretKey, databaseUrl, aws }: Settings): string[] {
  const database =
    databaseUrl === null ? [] : [databaseUrl, decodeURIComponent(new URL(databaseUrl).password)];
  const s3 = aws ? Object.values(aws) : [];
  return [accessToken, secretKey, oldSecretKey, ...database, ...s3].filter((one): one is string =>
    Boolean(one),
  );
}
