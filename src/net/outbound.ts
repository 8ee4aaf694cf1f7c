import { lookup as systemLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Agent, buildConnector } from "undici";
import { isAddressLiteral, isPublicAddress } from "./address.ts";

/** Why the outbound client did not make or finish a request. `hasSent` tells whether the request may have arrived. */
export class OutboundRefusal extends Error {
  override readonly name = "OutboundRefusal";
  readonly reason: "address" | "protocol" | "redirects" | "size" | "status";
  readonly hasSent: boolean;
  /** The status of a file that was not answered with 2xx; null for other reasons. */
  readonly status: number | null;

  constructor(
    reason: OutboundRefusal["reason"],
    message: string,
    hasSent: boolean,
    status: number | null = null,
  ) {
    super(message);
    this.reason = reason;
    this.hasSent = hasSent;
    this.status = status;
  }
}

/** A connection that did not come about, its TLS handshake included: nothing was sent over it. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";

  /** `cause`: what the network said. */
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

export interface Outbound {
  /**
   * Like the global `fetch`, for the SDKs of vendors. Follows redirects itself, each checked like the first address, and
   * takes credentials off where the origin changes. Without a `signal` it gives up after `timeoutMs`.
   * @throws OutboundRefusal, or what `fetch` throws, with a `ConnectionFailure` among its causes where nothing was sent.
   */
  fetch: typeof globalThis.fetch;
  /** Reads a file that a vendor named. @throws OutboundRefusal when it is too large or not answered with 2xx. */
  download(
    url: string,
    options: DownloadOptions,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string | null }>;
  /**
   * The same without holding the file in memory: writes it to a new one, which is the caller's to remove; nothing stays of
   * one that did not come whole. @throws as `download`, or what the disk says.
   */
  save(
    url: string,
    options: DownloadOptions,
  ): Promise<{ path: string; bytes: number; mediaType: string | null }>;
  close(): Promise<void>;
}

interface DownloadOptions {
  maxBytes: number;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /**
   * The one origin of those that configuration named which may be reached whatever its address, also by redirects: a
   * vendor's answer leads into no other server of the person's own. All of them unless given.
   */
  trusts?: string | null;
}

/** Finds all addresses of a name. */
export type NameLookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutboundOptions {
  /** Origins (`http://127.0.0.1:11434`) that configuration named: reached whatever their address. */
  trustedOrigins?: string[];
  /** Longest body of an answer. */
  maxBytes?: number;
  /** Limit of a request that comes without a signal of its own. */
  timeoutMs?: number;
  /** Name look-up; the system's unless given. */
  lookup?: NameLookup;
  /** How many redirects are followed. */
  maxRedirects?: number;
  /** Where saved files go; the system's folder for temporary files unless given. */
  saveFolder?: string;
}

/** What may follow a redirect to another origin. Vendors name their keys' headers as they like: all others stay behind. */
const HARMLESS_HEADERS = new Set([
  "accept",
  "accept-language",
  "content-type",
  "content-length",
  "range",
  "user-agent",
]);

const lookupWithSystem: NameLookup = (hostname, options, callback) =>
  systemLookup(hostname, { ...options, all: true }, callback);

/** Refuses names that resolve to an address which is not public, at the moment of connecting: no second look-up. */
function guardedLookup(lookup: NameLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, addresses) => {
      if (error) return callback(error, []);
      const refused = addresses.find(({ address }) => !isPublicAddress(address));
      const first = addresses[0];
      if (refused || !first) {
        const message = `${hostname} is at ${refused?.address ?? "no address"}, which is not a public address`;
        return callback(new OutboundRefusal("address", message, false), []);
      }
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

/** A body that breaks off where more arrives than allowed. */
function limitedBody(chunks: AsyncIterable<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let bytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) return controller.close();
      bytes += next.value.byteLength;
      if (bytes <= maxBytes) return controller.enqueue(next.value);
      await iterator.return?.();
      throw new OutboundRefusal("size", `the answer is larger than ${maxBytes} bytes`, true);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** Marks what goes wrong before a connection stands, which by its code alone may as well have gone wrong later. */
function tellingFailures(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [error] = result;
      if (error === null || error instanceof OutboundRefusal) return callback(...result);
      return callback(new ConnectionFailure(error), null);
    });
}

interface Hop {
  /** The one origin that is trusted on the way, or none; all that are configured where it is undefined. */
  trusts: string | null | undefined;
  url: URL;
  method: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer> | null;
}

/** The next request after a redirect, by the rules of the fetch standard; credentials stay with their origin. */
function nextHop(hop: Hop, response: Response): Hop | undefined {
  const location = response.headers.get("location");
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return undefined;
  const url = new URL(location, hop.url);
  const isSameOrigin = url.origin === hop.url.origin;
  const headers = new Headers(
    [...hop.headers].filter(([name]) => isSameOrigin || HARMLESS_HEADERS.has(name)),
  );
  const dropsBody =
    (response.status === 303 && hop.method !== "HEAD") || (response.status < 303 && hop.method === "POST");
  if (!dropsBody) return { ...hop, url, headers };
  for (const name of ["content-type", "content-length"]) headers.delete(name);
  return { ...hop, url, method: "GET", headers, body: null };
}

/** Sends single requests, each checked. Loads undici on the first one only, so that start-up stays quick. */
class Sender {
  readonly #trusted: ReadonlySet<string>;
  readonly #lookup: NameLookup;
  #loaded: Promise<{ undici: typeof import("undici"); open: Agent; guarded: Agent }> | undefined;

  constructor(trusted: ReadonlySet<string>, lookup: NameLookup) {
    this.#trusted = trusted;
    this.#lookup = lookup;
  }

  /** `hasSent`: whether something was sent already, on the way here. */
  async send(hop: Hop, signal: AbortSignal, maxBytes: number, hasSent: boolean): Promise<Response> {
    const { url, method, body } = hop;
    const isTrusted =
      this.#trusted.has(url.origin) && (hop.trusts === undefined || hop.trusts === url.origin);
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new OutboundRefusal("protocol", `${url.protocol} addresses are not followed`, hasSent);
    }
    if (!isTrusted && isAddressLiteral(url.hostname) && !isPublicAddress(url.hostname)) {
      throw new OutboundRefusal("address", `${url.hostname} is not a public address`, hasSent);
    }
    const { undici, open, guarded } = await this.#load();
    const dispatcher = isTrusted ? open : guarded;
    const headersToSend = Object.fromEntries(hop.headers);
    const init = { method, headers: headersToSend, body, signal, redirect: "manual", dispatcher } as const;
    const answer = await undici.fetch(url, init).catch((error: unknown) => {
      if (!hasSent || !(error instanceof Error && error.cause instanceof ConnectionFailure)) throw error;
      throw new OutboundRefusal("redirects", `a redirect led to ${url.origin}, out of reach`, true);
    });
    const { status, statusText } = answer;
    const headers = [...answer.headers];
    return new Response(answer.body && limitedBody(answer.body, maxBytes), { status, statusText, headers });
  }

  #load(): Promise<{ undici: typeof import("undici"); open: Agent; guarded: Agent }> {
    this.#loaded ??= import("undici").then((undici) => {
      // No connection is used twice: a vendor that closes an idle one just as a call leaves would put that paid call in
      // doubt. Node's own time-outs are off, since every call has a limit of its own and pictures may take minutes.
      // HTTP/2 would put several calls on one connection.
      const options = { pipelining: 0, headersTimeout: 0, bodyTimeout: 0, allowH2: false };
      const timeout = 10_000;
      const open = undici.buildConnector({ timeout, allowH2: false });
      const guarded = undici.buildConnector({ timeout, allowH2: false, lookup: guardedLookup(this.#lookup) });
      return {
        undici,
        open: new undici.Agent({ ...options, connect: tellingFailures(open) }),
        guarded: new undici.Agent({ ...options, connect: tellingFailures(guarded) }),
      };
    });
    return this.#loaded;
  }

  async close(): Promise<void> {
    if (!this.#loaded) return;
    const { open, guarded } = await this.#loaded;
    await Promise.all([open.destroy(), guarded.destroy()]);
  }
}

/** Writes a body to a new file of its own. */
async function writeBody({ body }: Response, folder: string): Promise<{ path: string; bytes: number }> {
  const place = path.join(folder, `relais-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    const file = createWriteStream(place, { flags: "wx", mode: 0o600 });
    await pipeline(body ?? [], file);
    return { path: place, bytes: file.bytesWritten };
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  }
}

/** The one client through which Relais reaches addresses that a user, a vendor or a configuration named. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const { maxBytes = 256 * 1024 * 1024, timeoutMs = 600_000, maxRedirects = 5 } = options;
  const { lookup = lookupWithSystem, saveFolder = tmpdir() } = options;
  const trusted = new Set((options.trustedOrigins ?? []).map((origin) => new URL(origin).origin));
  const sender = new Sender(trusted, lookup);

  async function follow(
    input: RequestInfo | URL,
    init: RequestInit | undefined,
    limit: number,
    trusts?: string | null,
  ): Promise<Response> {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : AbortSignal.timeout(timeoutMs));
    // Goes through Node's Request so that forms and blobs become bytes, which a redirect can send again.
    const request = new Request(input, { ...init, signal });
    const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
    const { method, headers } = request;
    let hop: Hop = { trusts, url: new URL(request.url), method, headers, body };
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const response = await sender.send(hop, signal, limit, redirects > 0);
      const next = nextHop(hop, response);
      if (!next) return response;
      await response.body?.cancel();
      hop = next;
    }
    throw new OutboundRefusal("redirects", `more than ${maxRedirects} redirects`, true);
  }

  async function fileAt(
    url: string,
    { maxBytes: limit, signal = AbortSignal.timeout(timeoutMs), headers = {}, trusts }: DownloadOptions,
  ): Promise<Response> {
    const response = await follow(url, { signal, headers }, limit, trusts);
    const { status } = response;
    if (response.ok) return response;
    await response.body?.cancel();
    throw new OutboundRefusal("status", `the file was answered with status ${status}`, true, status);
  }

  return {
    fetch: (input, init) => follow(input, init, maxBytes),
    async download(url, limits) {
      const response = await fileAt(url, limits);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { bytes, mediaType: response.headers.get("content-type") };
    },
    async save(url, limits) {
      const response = await fileAt(url, limits);
      return { ...(await writeBody(response, saveFolder)), mediaType: response.headers.get("content-type") };
    },
    close: () => sender.close(),
  };
}
