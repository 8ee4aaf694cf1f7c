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
 * - `truncated`: ends the answer after half of it, as if that were all;
 * - `unfinished`: answers, and says that the text stopped at a limit; Google with the token that asks for the rest;
 * - `large`: as success, with a file (or a text) of 40 MB.
 * Of jobs: `job_fails` and `job_refused` end without an output; `poll_fails` answers the first question with 500;
 * `job_gone` with 404. Of files that an answer names: `result_private` redirects to a private address, `result_expired`
 * answers 403, `result_late` answers 503 the first time, `result_hangs` begins and never ends, `result_stalls` is large and
 * stops half-way the first time, `result_page` is a large web page.
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
  | "truncated"
  | "unfinished"
  | "large"
  | "job_fails"
  | "job_refused"
  | "poll_fails"
  | "job_gone"
  | "result_private"
  | "result_expired"
  | "result_late"
  | "result_hangs"
  | "result_stalls"
  | "result_page";

export interface FakeCall {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string | undefined>;
  /** The parsed JSON; the fields of a form, files as `{type, size}`; otherwise the text. */
  body: unknown;
  /** What it is about; `submit` is what a customer pays for. */
  kind: "submit" | "poll" | "cancel" | "file" | "other";
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

/** A job that a vendor works on. The first question finds it `running`, the second at its end. */
export interface FakeJob {
  id: string;
  state: "running" | "succeeded" | "failed" | "refused" | "cancelled";
  /** The call that started it. */
  submission: FakeCall;
}

/** What an answer is made with. */
export interface FakePlace {
  /** Of the fake itself, without a slash at the end. */
  origin: string;
  /** What the vendor makes; empty where it makes no file. */
  file: { bytes: Uint8Array; mediaType: string };
  /** Where that file lies, for vendors that answer with an address. */
  fileUrl: string;
  /** Id of the job, for vendors of jobs. */
  jobId: string;
  /** The scenario of this call. */
  scenario: Scenario;
}

/** What differs between vendors. */
export interface FakeVendor {
  /** Checks method, path, key and body as the published API does; the vendor's error where anything is wrong. */
  check(call: FakeCall): FakeAnswer | null;
  /** The answer to a call of kind `submit`; of a vendor of jobs, what it says when it has accepted one. */
  answer(call: FakeCall, kind: "full" | "empty" | "refused", place: FakePlace): FakeAnswer;
  /** The file that a call makes; left out by vendors of texts. */
  file?(call: FakeCall): { bytes: Uint8Array; mediaType: string };
  /** What a call that is in order is about; all are `submit` where this is left out. `other` is answered by `answer`. */
  about?(call: FakeCall): { kind: "submit" | "other" } | { kind: "poll" | "cancel"; jobId: string };
  /** What it says of a job when it is asked. */
  state?(job: FakeJob, place: FakePlace): FakeAnswer;
  /** What it says when a job is cancelled. */
  cancelled?(job: FakeJob): FakeAnswer;
  /** An error in the vendor's shape. */
  error(status: number, kind: string): FakeAnswer;
  overloadedStatus: number;
}

/** What an answer counts, by the name of the field. */
export type Figures = Record<string, number | null>;

export interface FakeServer {
  /** Origin, without a slash at the end. */
  url: string;
  /** Every call that arrived, in order. */
  calls: FakeCall[];
  /** Those of kind `submit`. */
  readonly submissions: FakeCall[];
  /** How many calls the vendor did the work for: what a customer may have to pay. */
  readonly paidCalls: number;
  /** Keeps back the answers to all calls from now on; they count as paid when they arrive. */
  hold(): void;
  /** Lets the answers go that were kept back. */
  release(): void;
  /** What the next calls meet: one scenario each, the last one for good. */
  play(...scenarios: Scenario[]): void;
  /** Puts these figures into all answers from now on, wherever a field of that name holds a number; null: it says none. */
  setFigures(figures: Figures): void;
  /** Where `result_private` leads; to an address that only a cloud's machines reach unless told. */
  redirectResultsTo(url: string): void;
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
    state.origin = `http://${request.headers.host}`;
    // A connection that the other side has closed is part of the game.
    handle(vendor, state, request, response).catch(() => response.destroy());
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    calls: state.calls,
    get submissions() {
      return state.calls.filter(({ kind }) => kind === "submit");
    },
    get paidCalls() {
      return state.calls.filter(({ isPaid }) => isPaid).length;
    },
    hold: () => state.hold(),
    release: () => state.release(),
    play: (...scenarios) => state.play(scenarios),
    setFigures: (figures) => {
      state.figures = figures;
    },
    redirectResultsTo: (address) => {
      state.privateUrl = address;
    },
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
  readonly jobs = new Map<string, FakeJob>();
  readonly files = new Map<
    string,
    { bytes: Uint8Array; mediaType: string; scenario: Scenario; asked: number }
  >();
  readonly scenarios = new Map<string, Scenario>();
  origin = "";
  figures: Figures = {};
  privateUrl = "http://169.254.169.254/latest/meta-data/";
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
  if (call.path.startsWith(FILES)) {
    call.kind = "file";
    state.add(call);
    return sendFile(state, call, response);
  }
  const refusal = vendor.check(call);
  if (refusal) {
    state.add(call);
    return send(response, refusal);
  }
  const about = vendor.about?.(call) ?? { kind: "submit" as const };
  call.kind = about.kind;
  if ("jobId" in about) {
    state.add(call);
    return send(response, withFigures(answerOnJob(vendor, state, call, about.jobId), state.figures));
  }
  await answerSubmission(vendor, state, call, response);
}

/** Where the files lie that answers name. */
const FILES = "/fake-files/";
const LARGE_BYTES = 40_000_000;

async function answerSubmission(
  vendor: FakeVendor,
  state: State,
  call: FakeCall,
  response: ServerResponse,
): Promise<void> {
  const scenario = call.kind === "other" ? "success" : state.next();
  const status = scenario === "overloaded" ? vendor.overloadedStatus : ERRORS[scenario];
  call.isPaid = call.kind === "submit" && (status === undefined || scenario === "gateway_timeout");
  const kind = scenario === "empty" || scenario === "refused" ? scenario : "full";
  const place = placeOf(vendor, state, call, scenario);
  const answer = status === undefined ? vendor.answer(call, kind, place) : vendor.error(status, scenario);
  if (answer.status > 299 && scenario === "refused") call.isPaid = false;
  if (scenario === "rate_limited") answer.headers = { ...answer.headers, "retry-after": "7" };
  if (vendor.state && call.isPaid && status === undefined) {
    state.jobs.set(place.jobId, { id: place.jobId, state: "running", submission: call });
    state.scenarios.set(place.jobId, scenario);
  }
  state.add(call);
  await state.passed();
  await play(scenario, response, withFigures(answer, state.figures));
}

function withFigures(answer: FakeAnswer, figures: Figures): FakeAnswer {
  const pieces = answer.pieces.map((piece) => {
    if (typeof piece !== "string") return piece;
    return Object.entries(figures).reduce(
      (text, [name, value]) =>
        text.replaceAll(new RegExp(String.raw`"${name}":("?)-?\d[\d.]*\1`, "g"), (_field, quote: string) =>
          value === null ? `"${name}":null` : `"${name}":${quote}${value}${quote}`,
        ),
      piece,
    );
  });
  return { ...answer, pieces };
}

function placeOf(vendor: FakeVendor, state: State, call: FakeCall, scenario: Scenario): FakePlace {
  const number = state.calls.length + 1;
  const made = vendor.file?.(call) ?? { bytes: new Uint8Array(), mediaType: "" };
  const isLarge = scenario === "large" || scenario === "result_stalls";
  const bytes = isLarge && vendor.file ? padded(made.bytes) : made.bytes;
  const file = { bytes, mediaType: made.mediaType };
  state.files.set(String(number), { ...file, scenario, asked: 0 });
  const fileUrl = `${state.origin}${FILES}${number}`;
  return { origin: state.origin, file, fileUrl, jobId: `job-${number}`, scenario };
}

/** Media files may be followed by anything: decoders stop at their end. */
function padded(bytes: Uint8Array): Uint8Array {
  const large = new Uint8Array(LARGE_BYTES);
  large.set(bytes);
  return large;
}

function answerOnJob(vendor: FakeVendor, state: State, call: FakeCall, jobId: string): FakeAnswer {
  const job = state.jobs.get(jobId);
  const scenario = state.scenarios.get(jobId) ?? "success";
  if (!job || scenario === "job_gone") return vendor.error(404, "not_found");
  if (call.kind === "cancel") {
    job.state = "cancelled";
    return vendor.cancelled?.(job) ?? vendor.error(405, "not_allowed");
  }
  if (scenario === "poll_fails") {
    state.scenarios.set(jobId, "success");
    return vendor.error(500, "server_error");
  }
  const number = jobId.slice("job-".length);
  const file = state.files.get(number) ?? { bytes: new Uint8Array(), mediaType: "" };
  const fileUrl = `${state.origin}${FILES}${number}`;
  const answer = vendor.state?.(job, { origin: state.origin, file, fileUrl, jobId, scenario });
  // What is asked first is still under way; what is asked next is at its end.
  if (job.state === "running") job.state = endOf(scenario);
  return answer ?? vendor.error(404, "not_found");
}

function endOf(scenario: Scenario): FakeJob["state"] {
  if (scenario === "job_fails") return "failed";
  return scenario === "job_refused" ? "refused" : "succeeded";
}

async function sendFile(state: State, call: FakeCall, response: ServerResponse): Promise<void> {
  const file = state.files.get(call.path.slice(FILES.length).split("?")[0] ?? "");
  if (!file || file.scenario === "result_expired") {
    response.writeHead(403).end("expired");
    return;
  }
  file.asked += 1;
  if (file.scenario === "result_private") {
    response.writeHead(302, { location: state.privateUrl }).end();
    return;
  }
  if (file.scenario === "result_page") {
    response.writeHead(200, { "content-type": "text/html" }).end(`<html>${" ".repeat(5_000_000)}</html>`);
    return;
  }
  if (file.scenario === "result_hangs") {
    response.writeHead(200, { "content-type": file.mediaType });
    await written(response, file.bytes.subarray(0, 1));
    return;
  }
  if (file.scenario === "result_stalls" && file.asked === 1) {
    response.writeHead(200, { "content-type": file.mediaType });
    await written(response, file.bytes.subarray(0, file.bytes.length / 2));
    return;
  }
  if (file.scenario === "result_late" && file.asked === 1) {
    response.writeHead(503).end();
    return;
  }
  await send(response, { status: 200, contentType: file.mediaType, pieces: [file.bytes] });
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
  if (scenario === "unfinished") return send(response, unfinished(answer));
  const isLargeText = scenario === "large" && answer.contentType.startsWith("text/event-stream");
  await send(response, isLargeText ? enlarged(answer) : answer, scenario === "slow" ? 30 : 0);
}

/** What vendors say at the end of a text, and what they say where it stopped at a limit. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/"finish_reason":"stop"/, '"finish_reason":"length"'],
  [/"finish_reason":"COMPLETE"/, '"finish_reason":"MAX_TOKENS"'],
  [/"stop_reason":"end_turn"/, '"stop_reason":"max_tokens"'],
  [/"finishReason":"STOP"/, '"finishReason":"CONTINUATION","continuationToken":"continue-1"'],
  [/response\.completed/g, "response.incomplete"],
  [/"status":"completed"(?=.*"incomplete_details")/, '"status":"incomplete"'],
  [/"incomplete_details":null/, '"incomplete_details":{"reason":"max_output_tokens"}'],
];

function unfinished(answer: FakeAnswer): FakeAnswer {
  const pieces = answer.pieces.map((piece) =>
    typeof piece === "string"
      ? ENDINGS.reduce((text, [end, limit]) => text.replace(end, limit), piece)
      : piece,
  );
  return { ...answer, pieces };
}

/** A stream that says one thing over and over. */
function enlarged(answer: FakeAnswer): FakeAnswer {
  const middle = Math.floor(answer.pieces.length / 2);
  const piece = String(answer.pieces[middle]);
  const bundle = piece.repeat(Math.ceil(1_000_000 / piece.length));
  const pieces = answer.pieces.toSpliced(middle, 0, ...Array.from({ length: 40 }, () => bundle));
  return { ...answer, pieces };
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
  const bytes = Buffer.concat(chunks);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
  const type = headers["content-type"] ?? "";
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers,
    body: type.startsWith("multipart/form-data") ? await formOf(bytes, type) : parsed(bytes.toString()),
    kind: "submit",
    isPaid: false,
  };
}

async function formOf(bytes: Buffer<ArrayBuffer>, type: string): Promise<Record<string, unknown>> {
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === "string" ? value : { type: value.type, size: value.size };
  }
  return fields;
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
