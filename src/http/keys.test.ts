import { afterEach, beforeAll, afterAll, describe, expect, test } from "vitest";
import { FAKE_LIST_KEY, startFakeModelLists } from "../../test/support/fake-model-lists.ts";
import type { FakeServer } from "../../test/support/fake-server.ts";
import { openHttpRig, type HttpRig, type HttpRigOptions } from "../../test/support/http-rig.ts";
import { listProviderKeys } from "../db/provider-key-store.ts";
import type { ProviderList } from "./provider-schemas.ts";

const API = "/api/combinations";
const SECRET = "neuf vagues sur la digue grise";
const KEY = "sk-0123456789-abcdefghij-x9Qf";

let lists: FakeServer;
let rig: HttpRig;

beforeAll(async () => {
  lists = await startFakeModelLists();
});
afterAll(() => lists.stop());
afterEach(() => rig.close());

async function open(options: HttpRigOptions = { secretKey: SECRET }): Promise<void> {
  rig = await openHttpRig({
    addresses: { openai: `${lists.url}/openai` },
    vendorOrigins: [lists.url],
    ...options,
  });
}

const put = (variable: string, value: string) => rig.send("PUT", `${API}/keys/${variable}`, { value });

/** What the list of providers says of one, and the whole of it as text. */
async function provider(id: string) {
  const text = await (await rig.send("GET", `${API}/providers`)).text();
  const { providers }: ProviderList = JSON.parse(text);
  const found = providers.find((one) => one.id === id);
  if (!found) throw new Error(`there is no ${id}`);
  return { ...found, text };
}

describe("keys over HTTP", () => {
  test("are stored, hold at once, and are never given back", async () => {
    await open();
    expect(await provider("openai")).toMatchObject({
      missing_settings: ["OPENAI_API_KEY"],
      key: { variable: "OPENAI_API_KEY", source: null, is_stored: false, can_store: true, can_test: true },
    });
    const answer = await put("OPENAI_API_KEY", ` ${KEY}\n`);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    const { text, ...openai } = await provider("openai");
    expect(openai).toMatchObject({
      is_configured: true,
      missing_settings: [],
      key: { source: "page", is_stored: true, ending: "x9Qf", problem: null },
    });
    expect(text).not.toContain(KEY);
    expect((await rig.send("DELETE", `${API}/keys/OPENAI_API_KEY`)).status).toBe(204);
    expect(await provider("openai")).toMatchObject({ is_configured: false, key: { is_stored: false } });
  });

  test("let a live run start that was refused for want of one", async () => {
    await open();
    const body = {
      steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "On {topic}" }],
      initial_input: "x",
    };
    const refused = await rig.send("POST", `${API}/execute`, body);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("provider_not_configured");
    await put("OPENAI_API_KEY", KEY);
    const id = await rig.execute(body);
    const execution = await rig.waitFor(id, "completed");
    const events = await (await rig.send("GET", `${API}/executions/${id}/events`)).text();
    expect(JSON.stringify(execution) + events).not.toContain(KEY);
  });

  test("are refused with a sentence where there is no secret to encrypt them with", async () => {
    await open({});
    const answer = await put("OPENAI_API_KEY", KEY);
    const text = await answer.text();
    expect(answer.status).toBe(409);
    expect(text).toContain("secret_key_missing");
    expect(text).toContain("npx relais secret");
    expect(text).not.toContain(KEY);
    expect(await listProviderKeys(rig.db)).toEqual([]);
    expect((await provider("openai")).key?.can_store).toBe(false);
  });

  test("of the environment win, and say so", async () => {
    await open({ secretKey: SECRET, keys: { openai: "sk-of-the-environment" } });
    const answer = await put("OPENAI_API_KEY", KEY);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("conflict");
    expect(await provider("openai")).toMatchObject({
      key: { source: "environment", is_stored: false, ending: null },
    });
  });

  test.each([
    ["RELAIS_ACCESS_TOKEN", KEY, 404],
    ["OPENAI_BASE_URL", "http://127.0.0.1:1/v1", 404],
    ["__proto__", KEY, 404],
    ["OPENAI_API_KEY", "short", 422],
    ["OPENAI_API_KEY", "with a space in the middle", 422],
    ["OPENAI_API_KEY", "••••••••••••", 422],
  ])("refuse %s with what is none, and do not repeat it", async (variable, value, status) => {
    await open();
    const answer = await put(variable, value);
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain(value);
    expect(await listProviderKeys(rig.db)).toEqual([]);
  });

  test("are tested with the vendor, for free", async () => {
    await open();
    const ask = async (id: string) => {
      const answer = await rig.send("POST", `${API}/providers/${id}/test`, undefined, {
        "Accept-Language": "en",
      });
      return { status: answer.status, text: await answer.text() };
    };
    expect((await ask("openai")).status).toBe(422);
    await put("OPENAI_API_KEY", KEY);
    const refused = await ask("openai");
    expect(JSON.parse(refused.text)).toMatchObject({ ok: false, checked: "models" });
    expect(refused.text).toContain("OpenAI refuses the key");
    await put("OPENAI_API_KEY", FAKE_LIST_KEY);
    expect(JSON.parse((await ask("openai")).text)).toMatchObject({ ok: true, checked: "models" });
    await put("FAL_KEY", KEY);
    const calls = lists.calls.length;
    expect(JSON.parse((await ask("fal")).text)).toMatchObject({ ok: null, checked: null });
    expect(lists.calls).toHaveLength(calls);
    expect((await ask("nobody")).status).toBe(404);
    expect((await ask("local")).status).toBe(404);
    expect(lists.paidCalls).toBe(0);
    expect((await rig.countRows())["attempts"]).toBe(0);
  });

  test("cannot be tested or changed all the time", async () => {
    await open();
    await put("FAL_KEY", KEY);
    const tests = Array.from({ length: 31 }, () => rig.send("POST", `${API}/providers/fal/test`));
    const answers = await Promise.all(tests);
    expect(answers.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1);
  });
});
