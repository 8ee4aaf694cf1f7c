import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FakeServer, Scenario } from "../../test/support/fake-server.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { createRegistry } from "./registry.ts";

/** One provider and the fake of its vendor. */
export interface ProviderUnderTest {
  create: (fetch: typeof globalThis.fetch) => Provider;
  startFake(): Promise<FakeServer>;
  /** What goes behind the fake's origin to make the base address. */
  basePath: string;
  apiKey: string;
  /** One call for each modality that the provider has. */
  requests: ProviderRequest[];
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
    images: [],
    topic: "The sea",
    ...change,
  };
}

/** A running call: what it is given and what it hands on. */
export class CallUnderTest {
  readonly controller = new AbortController();
  readonly deltas: string[] = [];
  readonly #provider: Provider;
  readonly #config: ProviderContext["config"];

  constructor(provider: Provider, config: ProviderContext["config"]) {
    this.#provider = provider;
    this.#config = config;
  }

  async submit(request: ProviderRequest): Promise<ProviderOutput> {
    const submission = await this.#provider.submit(request, {
      config: this.#config,
      signal: this.controller.signal,
      idempotencyKey: "attempt-1",
      onText: (delta) => this.deltas.push(delta),
      onProgress: () => {},
    });
    if (submission.state !== "done") throw new Error("a job where none was expected");
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

  callThrough(outbound: Outbound, fake = this.fake): CallUnderTest {
    const { create, apiKey, basePath } = this.#options;
    return new CallUnderTest(create(outbound.fetch), { apiKey, baseUrl: fake.url + basePath });
  }

  get fake(): FakeServer {
    if (!this.#parts) throw new Error("not started");
    return this.#parts.fake;
  }

  get call(): CallUnderTest {
    if (!this.#parts) throw new Error("not started");
    return this.#parts.call;
  }
}

/** What every provider does, whatever its vendor: the same suite for each of them, against a real HTTP server. */
export function describeProvider(name: string, options: ProviderUnderTest): void {
  describe.each(options.requests)(`${name}: $modality`, (request) => {
    const bench = new Bench(options);
    beforeEach(() => bench.start());
    afterEach(() => bench.stop());
    testAnswers(bench, request);
    testFailures(bench, request, { setting: `${name.toUpperCase()}_API_KEY`, apiKey: options.apiKey });
    testAborts(bench, request);
  });
}

function testAnswers(bench: Bench, request: ProviderRequest): void {
  test("makes one call and gives what came, with its usage", async () => {
    const output = await bench.call.submit(request);
    expect(bench.fake.calls).toHaveLength(1);
    expect(bench.fake.paidCalls).toBe(1);
    expect(Object.values(output.usage).some((quantity) => quantity > 0)).toBe(true);
    expect(output.text ?? output.files.length).toBeTruthy();
    expect(bench.call.deltas.join("")).toBe(output.text ?? "");
  });
}

function testFailures(
  bench: Bench,
  request: ProviderRequest,
  { setting, apiKey }: { setting: string; apiKey: string },
): void {
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
    expect(bench.fake.calls).toHaveLength(1);
    expect(JSON.stringify([failure.message, failure.detail, failure.stack, failure.cause])).not.toContain(
      apiKey,
    );
  });

  test("names the key’s setting where the key is wrong, in both languages", async () => {
    bench.fake.play("unauthorized");
    const { detail } = await bench.call.failure(request);
    expect(detail.fr).toContain(setting);
    expect(detail.en).toContain(setting);
    expect(detail.en).toContain("Nothing was billed.");
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
