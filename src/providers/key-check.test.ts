import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FAKE_LIST_KEY, startFakeModelLists } from "../../test/support/fake-model-lists.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { listenOnLoopback } from "../../test/support/listen.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { PROVIDER_SETTINGS } from "./catalogue-data.ts";
import { canCheckKey, checkKey } from "./key-check.ts";

const KEY = "key-0123456789-abcdefghij";

interface Asked {
  line: string;
  headers: string;
}

let lists: FakeServer;
let vendor: { url: string; asked: Asked[]; answer: { status: number; body: string } | null; close(): void };
let outbound: Outbound;

beforeAll(async () => {
  lists = await startFakeModelLists();
  const server = createServer((request, response) => {
    vendor.asked.push({
      line: `${request.method} ${request.url?.split("?")[0]}`,
      headers: JSON.stringify(request.headers),
    });
    if (vendor.answer === null) return;
    response.writeHead(vendor.answer.status, { "content-type": "application/json" }).end(vendor.answer.body);
  });
  const url = await listenOnLoopback(server);
  vendor = {
    url,
    asked: [],
    answer: null,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  outbound = createOutbound({ trustedOrigins: [lists.url, url] });
});

beforeEach(() => {
  vendor.asked = [];
  vendor.answer = { status: 200, body: '{"code":0}' };
});

afterAll(async () => {
  await outbound.close();
  await lists.stop();
  vendor.close();
});

const check = (provider: string, baseUrl: string, { apiKey = KEY, timeoutMs = 10_000 } = {}) =>
  checkKey(provider, { outbound, config: { apiKey, baseUrl }, signal: AbortSignal.timeout(timeoutMs) });

describe("testing a key", () => {
  test("asks for the list of models, and says what came of it", async () => {
    const path = `${lists.url}/openai`;
    expect(await check("openai", path, { apiKey: FAKE_LIST_KEY })).toEqual({
      state: "accepted",
      asked: "models",
    });
    expect(await check("openai", path)).toEqual({ state: "failed", asked: "models", code: "auth" });
    expect(await check("openai", `${lists.url}/broken`)).toMatchObject({ code: "unavailable" });
    expect(await check("openai", `${lists.url}/website`)).toMatchObject({ state: "failed" });
    expect(lists.calls.every(({ method }) => method === "GET")).toBe(true);
    expect(lists.paidCalls).toBe(0);
  });

  test.each([
    ["deepgram", "GET /projects"],
    ["black-forest-labs", "GET /credits"],
    ["stability", "GET /v1/user/balance"],
    ["recraft", "GET /users/me"],
    ["leonardo", "GET /me"],
    ["luma", "GET /credits"],
    ["runway", "GET /v1/organization"],
    ["replicate", "GET /account"],
    ["kling", "GET /account/costs"],
    ["minimax", "POST /v1/get_voice"],
    ["ollama", "GET /models"],
    ["openai-compatible", "GET /models"],
    ["comfyui", "GET /system_stats"],
  ])("asks %s one thing that is free", async (provider, line) => {
    expect(await check(provider, vendor.url)).toMatchObject({ state: "accepted" });
    expect(vendor.asked.map((one) => one.line)).toEqual([line]);
    expect(vendor.asked[0]?.headers).toContain(KEY);
    vendor.answer = { status: 401, body: `{"error":"no such key ${KEY}"}` };
    expect(await check(provider, vendor.url)).toMatchObject({ state: "failed", code: "auth" });
    vendor.answer = { status: 402, body: "{}" };
    expect(await check(provider, vendor.url)).toMatchObject({ state: "failed", code: "quota" });
  });

  test("gives up where no answer comes in time", async () => {
    vendor.answer = null;
    expect(await check("stability", vendor.url, { timeoutMs: 100 })).toEqual({
      state: "failed",
      asked: "account",
      code: "timeout",
    });
  });

  test("repeats nothing of what the vendor said", async () => {
    vendor.answer = { status: 403, body: JSON.stringify({ message: `the key ${KEY} is disabled` }) };
    expect(JSON.stringify(await check("stability", vendor.url))).not.toContain(KEY);
  });

  test("asks nothing where no question is certain to be free", async () => {
    const untested = PROVIDER_SETTINGS.filter(({ id }) => !canCheckKey(id)).map(({ id }) => id);
    expect(untested).toEqual(["local", "perplexity", "ideogram", "luma-agents", "fal", "midjourney", "suno"]);
    for (const id of untested) expect(await check(id, vendor.url)).toEqual({ state: "impossible" });
    expect(vendor.asked).toEqual([]);
  });
});
