import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { listenOnLoopback } from "./listen.ts";

/**
 * What a fake vendor does with a call that is in order:
 * - `success`: answers as the vendor documents; `slow`: the same, one piece of the stream every 30 ms;
 * - `refused`: declines the content; `empty`: answers, with nothing in it;
 * - `unauthorized` 401, `quota`, `rate_limited` 429 with `Retry-After: 7`, `server_error` 500, `overloaded` 503 (Anthropic
 *   529), `gateway_timeout` 504;
 * - `malformed`: 200 with a web page; `hang`: never answers;
 * - `drop`: closes the connection without an answer; `drop_half_way`: after half of it;
 * - `truncated`: ends the answer after half of it, as if that were all.
 */
export type Scenario =
  | "success"
  | "slow"
  | "refused"
  | "empty"
  | "unauthorized"
  | "quota"
  | "rate_limited"
  | "server_error"
  | "overloaded"
  | "gateway_timeout"
  | "malformed"
  | "hang"
  | "drop"
  | "drop_half_way"
  | "truncated";

export interface FakeCall {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string | undefined>;
  /** The parsed JSON, otherwise the text. */
  body: unknown;
  /** Whether the vendor did the work, so that it may be billed. */
  isPaid: boolean;
}

/** An answer in the vendor's shape. `pieces` are sent one after the other. */
export interface FakeAnswer {
  status: number;
  contentType: string;
  headers?: Record<string, string>;
  pieces: (string | Uint8Array)[];
}

/** What differs between vendors. */
export interface FakeVendor {
  /** Checks method, path, key and body as the published API does; the vendor's error where anything is wrong. */
  check(call: FakeCall): FakeAnswer | null;
  answer(call: FakeCall, kind: "full" | "empty" | "refused"): FakeAnswer;
  /** An error in the vendor's shape. */
  error(status: number, kind: string): FakeAnswer;
  overloadedStatus: number;
}

export interface FakeServer {
  /** Origin, without a slash at the end. */
  url: string;
  /** Every call that arrived, in order. */
  calls: FakeCall[];
  /** How many calls the vendor did the work for: what a customer may have to pay. */
  readonly paidCalls: number;
  /** Keeps back the answers to all calls from now on; they count as paid when they arrive. */
  hold(): void;
  /** Lets the answers go that were kept back. */
  release(): void;
  /** What the next calls meet: one scenario each, the last one for good. */
  play(...scenarios: Scenario[]): void;
  /** Resolves once so many calls have arrived. */
  arrived(calls: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a vendor on loopback. Without scenarios every call succeeds. */
export async function startFakeServer(
  vendor: FakeVendor,
  scenario: Scenario | Scenario[] = "success",
): Promise<FakeServer> {
  const state = new State([scenario].flat());
  const server = createServer((request, response) => {
    // A connection that the other side has closed is part of the game.
    handle(vendor, state, request, response).catch(() => response.destroy());
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    calls: state.calls,
    get paidCalls() {
      return state.calls.filter(({ isPaid }) => isPaid).length;
    },
    hold: () => state.hold(),
    release: () => state.release(),
    play: (...scenarios) => state.play(scenarios),
    arrived: (calls) => state.arrived(calls),
    async stop() {
      state.release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class State {
  readonly calls: FakeCall[] = [];
  #scenarios: Scenario[];
  #gate = Promise.withResolvers<void>();
  #waiting: { calls: number; resolve: () => void }[] = [];

  constructor(scenarios: Scenario[]) {
    this.#scenarios = scenarios;
    this.#gate.resolve();
  }

  play(scenarios: Scenario[]): void {
    this.#scenarios = scenarios;
  }

  next(): Scenario {
    const scenario = this.#scenarios[0] ?? "success";
    if (this.#scenarios.length > 1) this.#scenarios.shift();
    return scenario;
  }

  hold(): void {
    this.#gate = Promise.withResolvers<void>();
  }

  release(): void {
    this.#gate.resolve();
  }

  passed(): Promise<void> {
    return this.#gate.promise;
  }

  add(call: FakeCall): void {
    this.calls.push(call);
    const here = this.#waiting.filter(({ calls }) => calls <= this.calls.length);
    this.#waiting = this.#waiting.filter((waiting) => !here.includes(waiting));
    for (const { resolve } of here) resolve();
  }

  arrived(calls: number): Promise<void> {
    if (this.calls.length >= calls) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ calls, resolve }));
  }
}

const ERRORS: Partial<Record<Scenario, number>> = {
  unauthorized: 401,
  quota: 429,
  rate_limited: 429,
  server_error: 500,
  gateway_timeout: 504,
};

async function handle(
  vendor: FakeVendor,
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await readCall(request);
  const refusal = vendor.check(call);
  if (refusal) {
    state.add(call);
    return send(response, refusal);
  }
  const scenario = state.next();
  const status = scenario === "overloaded" ? vendor.overloadedStatus : ERRORS[scenario];
  call.isPaid = status === undefined || scenario === "gateway_timeout";
  const kind = scenario === "empty" || scenario === "refused" ? scenario : "full";
  const answer = status === undefined ? vendor.answer(call, kind) : vendor.error(status, scenario);
  if (answer.status !== 200 && scenario === "refused") call.isPaid = false;
  if (scenario === "rate_limited") answer.headers = { ...answer.headers, "retry-after": "7" };
  state.add(call);
  await state.passed();
  await play(scenario, response, answer);
}

async function play(scenario: Scenario, response: ServerResponse, answer: FakeAnswer): Promise<void> {
  if (scenario === "hang") return;
  if (scenario === "drop") {
    response.destroy();
    return;
  }
  if (scenario === "malformed") {
    response.writeHead(200, { "content-type": answer.contentType }).end("<html><p>Something else</p></html>");
    return;
  }
  if (scenario === "drop_half_way" || scenario === "truncated") {
    response.writeHead(answer.status, { "content-type": answer.contentType, ...answer.headers });
    for (const piece of firstHalf(answer.pieces)) await written(response, piece);
    if (scenario === "truncated") response.end();
    else response.destroy();
    return;
  }
  await send(response, answer, scenario === "slow" ? 30 : 0);
}

function firstHalf(pieces: (string | Uint8Array)[]): (string | Uint8Array)[] {
  const [first = ""] = pieces;
  if (pieces.length > 1) return pieces.slice(0, Math.ceil(pieces.length / 2));
  return [first.slice(0, Math.ceil(first.length / 2))];
}

async function send(response: ServerResponse, answer: FakeAnswer, pauseMs = 0): Promise<void> {
  response.writeHead(answer.status, { "content-type": answer.contentType, ...answer.headers });
  for (const piece of answer.pieces) {
    await written(response, piece);
    if (pauseMs > 0) await wait(pauseMs);
  }
  response.end();
}

function written(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

async function readCall(request: IncomingMessage): Promise<FakeCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers,
    body: parsed(text),
    isPaid: false,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An answer that is one JSON value. */
export function jsonAnswer(status: number, value: unknown): FakeAnswer {
  return { status, contentType: "application/json", pieces: [JSON.stringify(value)] };
}

/** An answer that streams events, each with its type as the event's name. */
export function eventAnswer(events: { type: string; [field: string]: unknown }[]): FakeAnswer {
  const pieces = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { status: 200, contentType: "text/event-stream", pieces };
}

/** A text in pieces as models write it: with the spaces, a few words at a time. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+(?:\s+\S+){0,2}(?:\s+$)?/g) ?? [];
}

/** What the fakes write unless told otherwise. */
export const FAKE_TEXT =
  "# A title from afar\n\nThis is **what the model wrote**, in a few words that come one after the other.\n\n- one\n- two\n";
