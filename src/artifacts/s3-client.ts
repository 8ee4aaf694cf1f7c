import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { Agent, request, type Dispatcher } from "undici";
import { messageOf } from "../errors.ts";
import { addressOf, type S3Location } from "./s3-location.ts";
import { StoreUnavailable } from "./store.ts";

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of temporary credentials only. */
  sessionToken: string | null;
}

/** What an S3 server answered in place of what was asked for. Its message is the server's own and names no secret. */
export class S3Refusal extends StoreUnavailable {
  override readonly name = "S3Refusal";
  readonly status: number;
  /** As S3 names it: `NoSuchBucket`, `SignatureDoesNotMatch`; empty where it said nothing. */
  readonly code: string;

  constructor(status: number, body: string) {
    const code = textIn(body, "Code");
    super(`the S3 store answered ${status} ${code || "without a reason"}: ${textIn(body, "Message")}`);
    this.status = status;
    this.code = code;
  }
}

/** No answer came: the address is out of reach, or the connection broke off. */
export class S3Unreachable extends StoreUnavailable {
  override readonly name = "S3Unreachable";
}

interface S3Request {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Under the prefix. */
  name: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array;
  signal?: AbortSignal;
}

export interface S3Answer {
  headers: Dispatcher.ResponseData["headers"];
  body: Dispatcher.ResponseData["body"];
}

/** How often a request is made, and the longest wait before the second; it doubles from then on. */
const PATIENCE = { tries: 5, firstWaitMs: 200 };

/** Codes of refusals that pass by themselves, beside 429 and 5xx. */
const PASSING = new Set(["RequestTimeout", "SlowDown", "OperationAborted"]);

/**
 * Speaks to one bucket. Requests are signed (SigV4) with the hash of their body, so a server takes no byte that changed on the
 * way. Connections are kept: a request whose answer got lost is made again, and none of them does harm twice.
 */
export class S3Client {
  readonly #location: S3Location;
  readonly #region: string;
  readonly #credentials: S3Credentials;
  readonly #agent: Agent;
  /** Signing keys, by day. */
  readonly #keys = new Map<string, ArrayBuffer>();

  constructor(options: { location: S3Location; region: string; credentials: S3Credentials }) {
    this.#location = options.location;
    this.#region = options.region;
    this.#credentials = options.credentials;
    const connect = { timeout: 10_000 };
    this.#agent = new Agent({ connect, headersTimeout: 120_000, bodyTimeout: 60_000, allowH2: false });
  }

  /**
   * Makes a request until it is answered, with a few tries where the server is busy or out of reach. The body is the caller's to
   * read or to destroy.
   * @throws S3Refusal, S3Unreachable
   */
  async send(sent: S3Request, tries = PATIENCE.tries): Promise<S3Answer> {
    for (let made = 1; ; made += 1) {
      try {
        return await this.#sendOnce(sent);
      } catch (error) {
        if (made >= tries || !isPassing(error)) throw error;
        const waitMs = PATIENCE.firstWaitMs * 2 ** (made - 1) * (0.5 + Math.random() / 2);
        await pause(waitMs, undefined, sent.signal && { signal: sent.signal });
      }
    }
  }

  /** The same for answers that are short, as text. */
  async ask(
    sent: S3Request,
    tries = PATIENCE.tries,
  ): Promise<{ headers: S3Answer["headers"]; text: string }> {
    const { headers, body } = await this.send(sent, tries);
    return { headers, text: await textOf(body) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #sendOnce({ method, name, query = {}, headers, body, signal }: S3Request): Promise<S3Answer> {
    const { sessionToken, ...keys } = this.#credentials;
    const url = addressOf(this.#location, this.#region, name);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const signer = new AwsV4Signer({
      ...keys,
      ...(sessionToken !== null && { sessionToken }),
      method,
      url: url.href,
      headers: { ...headers, "x-amz-content-sha256": sha256(body ?? "", "hex") },
      service: "s3",
      region: this.#region,
      cache: this.#keys,
    });
    const signed = await signer.sign();
    const answer = await request(url, {
      method,
      headers: Object.fromEntries(signed.headers),
      body: body ?? null,
      dispatcher: this.#agent,
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw unreachable(error, signal);
    });
    if (answer.statusCode < 300) return answer;
    throw new S3Refusal(answer.statusCode, await textOf(answer.body));
  }
}

/** Hashes what is sent, as S3 wants it. */
export function sha256(body: Uint8Array | string, encoding: "hex" | "base64"): string {
  return createHash("sha256").update(body).digest(encoding);
}

/** The text of the first element of this name in an answer of S3; empty where there is none. */
export function textIn(xml: string, element: string): string {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? "";
  return text.replaceAll(/&(quot|apos|lt|gt|amp);/g, (_all, name: string) => ENTITIES[name] ?? "");
}

const ENTITIES: Record<string, string> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

/** Whether the same request may go well a little later. */
function isPassing(error: unknown): boolean {
  if (error instanceof S3Unreachable) return true;
  if (!(error instanceof S3Refusal)) return false;
  return error.status >= 500 || error.status === 429 || PASSING.has(error.code);
}

async function textOf(body: S3Answer["body"]): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    throw unreachable(error);
  }
}

/** An abort stays what it is, unless it means that the time was up. */
function unreachable(error: unknown, signal?: AbortSignal): unknown {
  const isTimeout = error instanceof Error && error.name === "TimeoutError";
  if (signal?.aborted === true && !isTimeout) return error;
  const [cause]: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return new S3Unreachable(`the S3 store does not answer: ${messageOf(cause)}`, { cause });
}
