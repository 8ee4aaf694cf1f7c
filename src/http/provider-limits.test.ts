import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Execution } from "./app.ts";

let rig: HttpRig;

beforeEach(async () => {
  const providerLimits = { openai: { atOnce: 1, aMinute: 60 }, mistral: { atOnce: null, aMinute: null } };
  rig = await openHttpRig({ keys: { openai: "k" }, settings: { providerLimits } });
});

afterEach(async () => {
  await rig.close();
});

const execute = async (prompt: string): Promise<number> =>
  await rig.execute({
    steps: [{ step_number: 1, ai_provider: "gpt-4", prompt }],
    initial_input: "the sea",
    cap_usd: 1,
  });

const read = async (id: number): Promise<Execution> =>
  JSON.parse(await (await rig.send("GET", `/api/combinations/executions/${id}`)).text());

describe("limits of providers", () => {
  test("show in the step that waits, in the events and in the metrics", async () => {
    const first = await execute("[hold] one");
    while (rig.studio.calls() === 0) await pause(5);
    const second = await execute("two");
    let waiting = await read(second);
    while (!waiting.steps_data[0]?.waits_for_place_at) {
      await pause(5);
      waiting = await read(second);
    }
    expect(waiting).toMatchObject({ status: "running", waiting_for: null, total_cost: 0 });
    expect(waiting.steps_data[0]).toMatchObject({ status: "pending", waits_for_place_at: "OpenAI", cost: 0 });
    expect((await read(first)).steps_data[0]).not.toHaveProperty("waits_for_place_at");
    const metrics = await (await rig.send("GET", "/metrics")).text();
    expect(metrics).toContain('relais_provider_waits{provider="openai"} 1');
    expect(metrics).toContain('relais_provider_calls_under_way{provider="openai"} 1');
    rig.studio.release();
    const done = await rig.waitFor(second, "completed");
    expect(done.steps_data[0]).not.toHaveProperty("waits_for_place_at");
    const events = await (await rig.send("GET", `/api/combinations/executions/${second}/events`)).text();
    expect(events.match(/"waits_for_place_at":"OpenAI"/g)).toHaveLength(1);
    expect(rig.studio.calls()).toBe(2);
  });

  test("are listed with the providers", async () => {
    const answer: { providers: { id: string }[] } = JSON.parse(
      await (await rig.send("GET", "/api/combinations/providers")).text(),
    );
    const of = (id: string) => answer.providers.find((provider) => provider.id === id);
    expect(of("openai")).toMatchObject({ calls_at_once: 1, calls_a_minute: 60 });
    expect(of("mistral")).toMatchObject({ calls_at_once: null, calls_a_minute: null });
    expect(of("local")).toMatchObject({ calls_at_once: null, calls_a_minute: null });
  });
});
