import { randomUUID } from "node:crypto";
import type { Client, ClientConfig, Pool } from "pg";
import type { Channel } from "./channel.ts";

const NAME = "relais";
const NOTIFY = `select pg_notify('${NAME}', $1)`;
/** PostgreSQL takes less than 8,000 bytes at once. */
const MAX_BYTES = 7_900;
const RECONNECT_MS = { first: 100, most: 5_000 };
/** A connection that is dead without a word is found out by asking. */
const ASK_MS = 10_000;

/** Messages by LISTEN and NOTIFY: sent over the pool, heard on a connection of their own, which is opened again when it breaks. */
export class PostgresChannel implements Channel {
  readonly #pool: Pool;
  readonly #connect: () => Promise<Client>;
  readonly #onError: (error: unknown) => void;
  /** Who sends, so that nobody hears itself. */
  readonly #sender = randomUUID();
  readonly #outgoing: string[] = [];
  #due: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #sending: Promise<void> = Promise.resolve();
  #client: Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: { pool: Pool; connection: ClientConfig; onError: (error: unknown) => void }) {
    this.#pool = options.pool;
    this.#onError = options.onError;
    this.#connect = async () => {
      const { Client: PostgresClient } = await import("pg");
      const client = new PostgresClient(options.connection);
      client.on("error", options.onError);
      await client.connect();
      return client;
    };
  }

  send(message: string, { withinMs }: { withinMs: number }): void {
    if (this.#isClosed) return;
    // Two of the same in a row say no more than one.
    if (this.#outgoing.at(-1) !== message) this.#outgoing.push(message);
    const dueAt = performance.now() + withinMs;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#due);
    this.#dueAt = dueAt;
    this.#due = setTimeout(() => this.#sendAll(), withinMs);
  }

  /** Batches go one after the other, so that messages arrive in order. */
  #sendAll(): void {
    clearTimeout(this.#due);
    this.#dueAt = Infinity;
    const messages = this.#outgoing.splice(0);
    this.#sending = this.#sending.then(async () => await this.#notify(messages));
  }

  async #notify(messages: string[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      for (const payload of payloadsOf(this.#sender, messages)) {
        await this.#pool.query({ name: "relais_notify", text: NOTIFY, values: [payload] });
      }
    } catch (error) {
      if (!this.#isClosed) this.#onError(error);
    }
  }

  async listen(onMessage: (message: string) => void, onGap: () => void): Promise<void> {
    const client = await this.#connect();
    client.on("notification", ({ payload }) => {
      const [sender, ...messages]: string[] = JSON.parse(payload ?? "[]");
      if (sender !== this.#sender) for (const message of messages) onMessage(message);
    });
    client.on("end", () => this.#reconnect(onMessage, onGap));
    await client.query(`listen ${NAME}`);
    this.#client = client;
    if (this.#isClosed) await client.end();
    else this.#ask(client);
  }

  #reconnect(onMessage: (message: string) => void, onGap: () => void): void {
    let delayMs = RECONNECT_MS.first;
    const retry = (): void => {
      if (this.#isClosed) return;
      this.listen(onMessage, onGap).then(onGap, (error: unknown) => {
        this.#onError(error);
        delayMs = Math.min(delayMs * 2, RECONNECT_MS.most);
        this.#wait(retry, delayMs);
      });
    };
    this.#wait(retry, delayMs);
  }

  #ask(client: Client): void {
    this.#wait(() => {
      const tooLate = setTimeout(() => client.connection.stream.destroy(), ASK_MS);
      client
        .query("select 1")
        .then(() => this.#ask(client))
        .catch(this.#onError)
        .finally(() => clearTimeout(tooLate));
    }, ASK_MS);
  }

  #wait(task: () => void, delayMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(task, delayMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#sendAll();
    await this.#sending;
    await this.#client?.end();
  }
}

/** Puts messages together into as few payloads as they fit in. */
function payloadsOf(sender: string, messages: string[]): string[] {
  const payloads: string[] = [];
  let gathered = [sender];
  let bytes = Buffer.byteLength(JSON.stringify(gathered));
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message)) + 1;
    if (bytes + size > MAX_BYTES && gathered.length > 1) {
      payloads.push(JSON.stringify(gathered));
      gathered = [sender];
      bytes = Buffer.byteLength(JSON.stringify(gathered));
    }
    gathered.push(message);
    bytes += size;
  }
  return [...payloads, JSON.stringify(gathered)];
}
