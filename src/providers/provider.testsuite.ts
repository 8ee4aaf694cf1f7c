import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FakeServer, Scenario } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import type { Modality } from "../workflow/media.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import { providerFacts } from "./catalogue-data.ts";
import type {
  Provider,
  ProviderContext,
  ProviderOutput,
  ProviderRequest,
  ProviderSubmission,
} from "./provider.ts";
import { createRegistry } from "./registry.ts";
import { removeFiles } from "./result-file.ts";

/** One provider and the fake of its vendor. */
export interface ProviderUnderTest {
  create: (outbound: Outbound) => Provider;
  startFake(): Promise<FakeServer>;
  /** What goes behind the fake's origin to make the base address. */
  basePath: string;
  apiKey: string;
  /** One call for each modality that the provider has. */
  requests: ProviderRequest[];
  /** Modalities that are jobs, that are answered with addresses of files, and whose jobs can be cancelled. */
  hasJobs?: Modality[];
  hasResultUrls?: Modality[];
  cancels?: Modality[];
}

/** A request as a step makes it, the model's defaults not filled in. */
export function requestFor(aiProvider: string, change: Partial<ProviderRequest> = {}): ProviderRequest {
  const model = createRegistry({ providers: [], config: {} }).resolve(aiProvider);
  if (!model) throw new Error(`no model ${aiProvider}`);
  return {
    modality: model.modality,
    model,
    modelId: model.id.slice(model.id.indexOf(":") + 1),
    prompt: "A few words on the sea.",
    instructions: null,
    parameters: {},
    outputSchema: null,
    images: [],
    audio: null,
    topic: "The sea",
    ...change,
  };
}

/** A running call: what it is given and what it hands on. Jobs are asked about until they end. */
export class CallUnderTest {
  readonly controller = new AbortController();
  readonly deltas: string[] = [];
  readonly progress: number[] = [];
  readonly #provider: Provider;
  readonly #config: ProviderContext["config"];

  constructor(provider: Provider, config: ProviderContext["config"]) {
    this.#provider = provider;
    this.#config = config;
  }

  start(request: ProviderRequest): Promise<ProviderSubmission> {
    return this.#provider.submit(request, this.#context());
  }

  async poll(jobId: string, request: ProviderRequest): Promise<ProviderSubmission> {
    const asked = { ...request, images: [], audio: null };
    const state = await this.#provider.poll?.(jobId, asked, this.#context());
    if (!state) throw new Error("a job of a provider that has none");
    return state;
  }

  async cancel(jobId: string): Promise<boolean | undefined> {
    return this.#provider.cancel?.(jobId, this.#context());
  }

  async submit(request: ProviderRequest): Promise<ProviderOutput> {
    let submission = await this.start(request);
    for (let polls = 0; submission.state === "job"; polls += 1) {
      if (polls > 10) throw new Error("a job without an end");
      if (submission.progress !== undefined) this.progress.push(submission.progress);
      submission = await this.poll(submission.jobId, request);
    }
    if (submission.state === "failed") throw submission.failure;
    return submission.output;
  }

  async failure(request: ProviderRequest): Promise<ProviderFailure> {
    const error: unknown = await this.submit(request).then(
      (output) => output,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ProviderFailure)) throw new Error(`no failure: ${JSON.stringify(error)}`);
    return error;
  }

  #context(): ProviderContext {
    return {
      config: this.#config,
      signal: this.controller.signal,
      idempotencyKey: "attempt-1",
      onText: (delta) => this.deltas.push(delta),
      onProgress: (fraction) => this.progress.push(fraction),
    };
  }
}

/** A fake vendor and a provider that calls it, made anew for every test. Nothing may be printed meanwhile. */
class Bench {
  readonly #options: ProviderUnderTest;
  readonly #printed: unknown[] = [];
  #parts: { fake: FakeServer; outbound: Outbound; call: CallUnderTest } | undefined;

  constructor(options: ProviderUnderTest) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const fake = await this.#options.startFake();
    const outbound = createOutbound({ trustedOrigins: [fake.url] });
    this.#parts = { fake, outbound, call: this.callThrough(outbound, fake) };
    for (const level of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, level).mockImplementation((...words: unknown[]) => this.#printed.push(words));
    }
  }

  async stop(): Promise<void> {
    vi.restoreAllMocks();
    await this.#parts?.outbound.close();
    await this.#parts?.fake.stop();
    if (this.#printed.length > 0) throw new Error(`printed: ${JSON.stringify(this.#printed)}`);
  }

  startOther(): Promise<FakeServer> {
    return this.#options.startFake();
  }

  callThrough(outbound: Outbound, fake = this.fake): CallUnderTest {
    const { create, apiKey, basePath } = this.#options;
    return new CallUnderTest(create(outbound), { apiKey, baseUrl: fake.url + basePath });
  }

  get fake(): FakeServer {
    if (!this.#parts) throw new Error("not started");
    return this.#parts.fake;
  }

  get outbound(): Outbound {
    if (!this.#parts) throw new Error("not started");
    return this.#parts.outbound;
  }

  get call(): CallUnderTest {
    if (!this.#parts) throw new Error("not started");
    return this.#parts.call;
  }
}

/** What every provider does, whatever its vendor: the same suite for each of them, against a real HTTP server. */
export function describeProvider(id: string, options: ProviderUnderTest): void {
  const setting = providerFacts(id).settings.apiKey ?? "";
  describe.each(options.requests)(`${id}: $modality by $modelId`, (request) => {
    const bench = new Bench(options);
    beforeEach(() => bench.start());
    afterEach(() => bench.stop());
    testAnswers(bench, request);
    testUselessAnswers(bench, request);
    if (request.modality === "text") testUnfinished(bench, request);
    testFailures(bench, request, options);
    if (setting !== "") testWrongKey(bench, request, setting);
    testAborts(bench, request);
    if (options.hasJobs?.includes(request.modality)) testJobs(bench, request);
    if (options.cancels?.includes(request.modality)) testCancel(bench, request);
    if (!options.hasResultUrls?.includes(request.modality)) return;
    testResults(bench, request);
    if (options.hasJobs?.includes(request.modality)) testResultsOfJobs(bench, request);
    else testResultsAtOnce(bench, request);
  });
}

function testAnswers(bench: Bench, request: ProviderRequest): void {
  test("makes one paid call and gives what came, with what it used", async () => {
    const output = await bench.call.submit(request);
    expect(bench.fake.submissions).toHaveLength(1);
    expect(bench.fake.paidCalls).toBe(1);
    const isMeasured = Object.values(output.usage).some((quantity) => quantity > 0);
    expect(isMeasured || output.reportedNanoUsd !== undefined).toBe(true);
    expect(output.text ?? output.files.length).toBeTruthy();
    expect(bench.call.deltas.join("")).toBe(request.modality === "text" ? (output.text ?? "") : "");
    expect(!("times_words" in request.model) || (output.words ?? []).length > 0).toBe(true);
  });

  test("sends no key in an address", async () => {
    await bench.call.submit(request);
    for (const { path } of bench.fake.calls) expect(path).not.toMatch(/key|token/i);
  });

  test("can be used again after a 500, as a second call", async () => {
    bench.fake.play("server_error", "success");
    expect(await bench.call.failure(request)).toMatchObject({ billed: "no", isTransient: true });
    await bench.call.submit(request);
    expect(bench.fake.paidCalls).toBe(1);
  });
}

function testFailures(bench: Bench, request: ProviderRequest, { apiKey }: { apiKey: string }): void {
  test.each<[Scenario, object]>([
    ["unauthorized", { code: "auth", billed: "no", isTransient: false }],
    ["quota", { code: "quota", billed: "no", isTransient: false }],
    ["rate_limited", { code: "rate_limited", billed: "no", isTransient: true, retryAfterMs: 7_000 }],
    ["server_error", { code: "unavailable", billed: "no", isTransient: true }],
    ["overloaded", { code: "unavailable", billed: "no", isTransient: true }],
    ["gateway_timeout", { code: "timeout", billed: "unknown", isTransient: false }],
    ["drop", { code: "unavailable", billed: "unknown", isTransient: false }],
    ["drop_half_way", { code: "unavailable", billed: "unknown", isTransient: false }],
  ])("fails once, and says whether that was billed: %s", async (scenario, expected) => {
    bench.fake.play(scenario);
    const failure = await bench.call.failure(request);
    expect(failure).toMatchObject(expected);
    expect(bench.fake.submissions).toHaveLength(1);
    const said = JSON.stringify([failure.message, failure.detail, failure.stack, failure.cause]);
    expect(said).not.toContain(apiKey);
  });

  test("is not billed where nothing listens", async () => {
    await bench.fake.stop();
    const expected = { code: "unavailable", billed: "no", isTransient: true };
    expect(await bench.call.failure(request)).toMatchObject(expected);
  });

  test("refuses an address that is not trusted, unbilled", async () => {
    const guarded = createOutbound();
    const failure = await bench.callThrough(guarded).failure(request);
    expect(failure).toMatchObject({ code: "unavailable", billed: "no", isTransient: false });
    expect(bench.fake.calls).toEqual([]);
    await guarded.close();
  });
}

/** Answers that are of no use. What one comes to is said in a word, so that either end can be held to a rule. */
function testUselessAnswers(bench: Bench, request: ProviderRequest): void {
  const outcome = async (scenario: Scenario): Promise<ProviderOutput | ProviderFailure> => {
    bench.fake.play(scenario);
    return bench.call.submit(request).catch((error: unknown) => {
      if (error instanceof ProviderFailure) return error;
      throw error;
    });
  };

  test("gives nothing where the content is declined", async () => {
    const came = await outcome("refused");
    const isRefusal =
      came instanceof ProviderFailure ? came.code === "content_refused" : came.refusal !== undefined;
    expect(isRefusal).toBe(true);
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("does not take a web page for an answer, and does not call again", async () => {
    const came = await outcome("malformed");
    // What is inside a file is looked at by the step.
    const isBilledOrFile = came instanceof ProviderFailure ? came.billed !== "no" : came.files.length === 1;
    expect(isBilledOrFile).toBe(true);
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("takes an answer of 40 MB whole, or refuses it as billed", async () => {
    const came = await outcome("large");
    const isWholeOrBilled =
      came instanceof ProviderFailure ? came.billed !== "no" : bytesOf(came) >= 40_000_000;
    expect(isWholeOrBilled).toBe(true);
    expect(bench.fake.submissions).toHaveLength(1);
    await removeFiles(came instanceof ProviderFailure ? [] : came.files);
  });
}

/** A text that its vendor cuts off at a limit. */
function testUnfinished(bench: Bench, request: ProviderRequest): void {
  test("keeps a text cut off at a limit, and buys no rest", async () => {
    bench.fake.play("success", "unfinished");
    const { text, usage, raw } = await bench.call.submit(request);
    const output = await bench.call.submit(request);
    expect(output).toMatchObject({ text, usage });
    expect(output.raw?.["finish_reason"]).not.toBe(raw?.["finish_reason"]);
    expect(bench.fake.calls).toHaveLength(2);
  });
}

/** What is said where the key is wrong. */
function testWrongKey(bench: Bench, request: ProviderRequest, setting: string): void {
  test("names the key’s setting where the key is wrong, in both languages", async () => {
    bench.fake.play("unauthorized");
    const { detail } = await bench.call.failure(request);
    expect(detail.fr).toContain(setting);
    expect(detail.en).toContain(setting);
    expect(detail.en).toContain("Nothing was billed.");
  });
}

/** How much an output holds. */
function bytesOf({ files, text = "" }: ProviderOutput): number {
  const sizes = files.map(({ content }) =>
    "bytes" in content ? content.bytes.byteLength : statSync(content.path).size,
  );
  return sizes.reduce((sum, bytes) => sum + bytes, text.length);
}

function testAborts(bench: Bench, request: ProviderRequest): void {
  test("stops when it is aborted, and does not know whether that was billed", async () => {
    bench.fake.play("hang");
    const failure = bench.call.failure(request);
    await bench.fake.arrived(1);
    bench.call.controller.abort();
    expect(await failure).toMatchObject({ code: "cancelled", billed: "unknown", isTransient: false });
  });

  test("calls it a time-out where time ran out", async () => {
    bench.fake.play("hang");
    const failure = bench.call.failure(request);
    await bench.fake.arrived(1);
    bench.call.controller.abort(new DOMException("too slow", "TimeoutError"));
    expect(await failure).toMatchObject({ code: "timeout", billed: "unknown" });
  });

  test("sends nothing where it is aborted before", async () => {
    bench.call.controller.abort();
    expect(await bench.call.failure(request)).toMatchObject({ code: "cancelled", billed: "no" });
    expect(bench.fake.calls).toEqual([]);
  });
}

async function startedJob(bench: Bench, request: ProviderRequest): Promise<string> {
  const submission = await bench.call.start(request);
  if (submission.state !== "job") throw new Error("no job");
  expect(submission.pollAfterMs).toBeGreaterThan(0);
  return submission.jobId;
}

/** What holds of every vendor that answers with a job. */
function testJobs(bench: Bench, request: ProviderRequest): void {
  test("gives the job’s id before it asks about it", async () => {
    expect(await startedJob(bench, request)).not.toBe("");
    expect(bench.fake.calls.filter(({ kind }) => kind === "poll")).toEqual([]);
  });

  test("asks about a job by its id alone, as after a restart, and buys nothing", async () => {
    const jobId = await startedJob(bench, request);
    const later = bench.callThrough(bench.outbound);
    expect(await later.poll(jobId, request)).toMatchObject({ state: "job", jobId });
    expect(await later.poll(jobId, request)).toMatchObject({ state: "done" });
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("says what a failed job means for the money", async () => {
    bench.fake.play("job_fails");
    const failure = await bench.call.failure(request);
    expect(failure.code).not.toBe("content_refused");
    expect(failure.isTransient).toBe(false);
    expect(failure.detail.en).toMatch(/Nothing was billed|was billed|may have been billed/);
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("knows a job whose content was declined", async () => {
    bench.fake.play("job_refused");
    expect(await bench.call.failure(request)).toMatchObject({ code: "content_refused" });
  });

  test("throws where only the question fails, so that it is asked again", async () => {
    bench.fake.play("poll_fails");
    const jobId = await startedJob(bench, request);
    await expect(bench.call.poll(jobId, request)).rejects.toBeInstanceOf(ProviderFailure);
    expect(await bench.call.poll(jobId, request)).toMatchObject({ state: "job" });
    expect(await bench.call.poll(jobId, request)).toMatchObject({ state: "done" });
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("does not know what became of a job that the vendor has forgotten", async () => {
    bench.fake.play("job_gone");
    expect(await bench.call.failure(request)).toMatchObject({ code: "unavailable", billed: "unknown" });
  });
}

/** What holds of every vendor that can end a job before its time. */
function testCancel(bench: Bench, request: ProviderRequest): void {
  test("cancels a job at the vendor", async () => {
    const jobId = await startedJob(bench, request);
    expect(await bench.call.cancel(jobId)).toBe(true);
    expect(bench.fake.calls.filter(({ kind }) => kind === "cancel")).toHaveLength(1);
    expect(await bench.call.poll(jobId, request)).toMatchObject({ state: "failed" });
  });

  test("says that a job could not be cancelled", async () => {
    const jobId = await startedJob(bench, request);
    await bench.fake.stop();
    expect(await bench.call.cancel(jobId)).toBe(false);
  });
}

/** What holds of every vendor whose answer names a file instead of holding it. */
function testResults(bench: Bench, request: ProviderRequest): void {
  test("downloads what was made at once, and keeps no address", async () => {
    const output = await bench.call.submit(request);
    expect(bench.fake.calls.filter(({ kind }) => kind === "file").length).toBeGreaterThan(0);
    expect(JSON.stringify(output)).not.toContain("/fake-files/");
  });

  test("does not follow a result to a private address, and counts the call as billed", async () => {
    bench.fake.play("result_private");
    const failure = await bench.call.failure(request);
    expect(failure).toMatchObject({ billed: "yes", isTransient: false });
    expect(failure.detail.en).toContain("private network");
  });

  test("does not follow a result into another server of the person’s own", async () => {
    const other = await bench.startOther();
    const outbound = createOutbound({ trustedOrigins: [bench.fake.url, other.url] });
    bench.fake.redirectResultsTo(`${other.url}/fake-files/1`);
    bench.fake.play("result_private");
    expect(await bench.callThrough(outbound).failure(request)).toMatchObject({ billed: "yes" });
    expect(other.calls).toEqual([]);
    await Promise.all([outbound.close(), other.stop()]);
  });
}

/** Who asks about the job again is given a new address: nothing is given up for one that leads nowhere. */
function testResultsOfJobs(bench: Bench, request: ProviderRequest): void {
  const outcome = async (jobId: string): Promise<string> =>
    bench.call.poll(jobId, request).then(
      ({ state }) => state,
      (error: unknown) => (String(error).includes("/fake-files/") ? "says the address" : "thrown"),
    );

  test.each<[Scenario, string]>([
    ["result_expired", "thrown"],
    ["result_late", "done"],
  ])("throws where a result cannot be had now, so that it is asked again: %s", async (scenario, later) => {
    bench.fake.play(scenario);
    const jobId = await startedJob(bench, request);
    expect(await outcome(jobId)).toBe("job");
    expect(await outcome(jobId)).toBe("thrown");
    expect(await outcome(jobId)).toBe(later);
    expect(bench.fake.submissions).toHaveLength(1);
  });
}

/** There is no job to ask about again: what was made is billed, whatever becomes of it. */
function testResultsAtOnce(bench: Bench, request: ProviderRequest): void {
  test("counts a call as billed whose result has expired", async () => {
    bench.fake.play("result_expired");
    const failure = await bench.call.failure(request);
    expect(failure).toMatchObject({ billed: "yes", isTransient: false });
    expect(JSON.stringify([failure.message, failure.detail])).not.toContain("/fake-files/");
  });

  test("asks again for a result that is not there yet", async () => {
    bench.fake.play("result_late");
    await bench.call.submit(request);
    expect(bench.fake.calls.filter(({ kind }) => kind === "file").length).toBeGreaterThan(1);
    expect(bench.fake.submissions).toHaveLength(1);
  });

  test("counts a call as billed whose time is up while the result comes", async () => {
    bench.fake.play("result_hangs");
    const failure = bench.call.failure(request);
    await bench.fake.arrived(2);
    bench.call.controller.abort();
    expect(await failure).toMatchObject({ code: "timeout", billed: "yes", isTransient: false });
  });
}
