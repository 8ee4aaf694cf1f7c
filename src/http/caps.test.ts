import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { capListSchema, type Cap, type CapList } from "./cap-schemas.ts";
import { executeAnswerSchema, workflowSchema } from "./schemas.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const IMAGE = { step_number: 2, ai_provider: "dall-e", prompt: "Image de {article}" };
const TODAY = new Date().toISOString().slice(0, 10);

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});
afterEach(() => rig.close());

async function read(query = ""): Promise<CapList> {
  const response = await rig.send("GET", `${API}/caps${query}`);
  expect(response.status).toBe(200);
  return capListSchema.parse(await response.json());
}

const put = (...caps: object[]) => rig.send("PUT", `${API}/caps`, { caps });

function capOf({ caps }: CapList, scope: string, period: Cap["period"]): Cap | undefined {
  return caps.find((cap) => cap.scope === scope && cap.period === period);
}

async function saveWorkflow(): Promise<number> {
  const response = await rig.send("POST", `${API}/workflows`, { name: "Mon article", steps: [TEXT] });
  return workflowSchema.parse(await response.json()).id;
}

describe("GET /caps", () => {
  test("shows those of everything, though none is set", async () => {
    const list = await read();
    expect(list).toMatchObject({ execution_cap_usd: null, currency: "USD" });
    expect(list.caps.map(({ scope, period, date, cap_usd }) => ({ scope, period, date, cap_usd }))).toEqual([
      { scope: "all", period: "day", date: TODAY, cap_usd: null },
      { scope: "all", period: "month", date: TODAY.slice(0, 7), cap_usd: null },
      { scope: "all", period: "total", date: null, cap_usd: null },
    ]);
  });

  test("shows those of a workflow that is asked for, and refuses one that is not there", async () => {
    const id = await saveWorkflow();
    const list = await read(`?scope=workflow:${id}`);
    expect(list.caps).toHaveLength(6);
    expect(capOf(list, `workflow:${id}`, "day")).toMatchObject({ name: "Mon article", source: null });
    expect((await rig.send("GET", `${API}/caps?scope=workflow:99`)).status).toBe(422);
  });
});

describe("PUT /caps", () => {
  test("sets caps, which count what was spent before, and takes them off", async () => {
    await rig.waitFor(await rig.execute({ steps: [TEXT], initial_input: "x" }), "completed");
    const response = await put({ scope: "all", period: "day", cap_usd: 5 });
    expect(response.status).toBe(200);
    const list = capListSchema.parse(await response.json());
    expect(capOf(list, "all", "day")).toMatchObject({
      cap_usd: 5,
      source: "person",
      spent_usd: 0.02,
      reserved_usd: 0,
      left_usd: 4.98,
    });
    expect(capOf(list, "all", "day")?.resets_at?.slice(10)).toBe("T00:00:00.000Z");
    await put({ scope: "all", period: "day", cap_usd: null });
    expect(capOf(await read(), "all", "day")).toMatchObject({ cap_usd: null, source: null, spent_usd: 0.02 });
  });

  test("refuses what is no scope or no amount, and then sets none", async () => {
    const good = { scope: "all", period: "day", cap_usd: 5 };
    for (const bad of [
      { ...good, scope: "workflow:12" },
      { ...good, scope: "template:nothing" },
      { ...good, scope: "execution:1" },
      { ...good, cap_usd: -1 },
      { ...good, period: "week" },
      { ...good, more: 1 },
    ]) {
      expect((await put(good, bad)).status).toBe(422);
    }
    expect(capOf(await read(), "all", "day")?.cap_usd).toBe(null);
  });
});

describe("an execution that reaches a shared cap", () => {
  test("says which, is told where it is raised, and goes on when it is", async () => {
    await put({ scope: "all", period: "month", cap_usd: 0.03 });
    const id = await rig.execute({ steps: [TEXT, IMAGE], initial_input: "x" });
    const { waiting_for } = await rig.waitFor(id, "waiting");
    expect(waiting_for).toMatchObject({
      reason: "cap",
      step_number: 2,
      cap_needed_usd: 0.04,
      cap: {
        scope: "all",
        period: "month",
        date: TODAY.slice(0, 7),
        cap_usd: 0.03,
        spent_usd: 0.02,
        reserved_usd: 0,
      },
    });
    const raise = { decision: "raise_cap", step_number: 2, cap_usd: 9 };
    const refused = await rig.send("POST", `${API}/executions/${id}/decision`, raise, {
      "Accept-Language": "en",
    });
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain("Raise it in the settings or by PUT /caps");
    await put({ scope: "all", period: "month", cap_usd: 0.04 });
    expect((await rig.waitFor(id, "completed")).total_cost).toBe(0.04);
  });

  test("is not held by that of another workflow", async () => {
    const id = await saveWorkflow();
    await put({ scope: `workflow:${id}`, period: "total", cap_usd: 0 });
    await rig.waitFor(await rig.execute({ steps: [TEXT], initial_input: "x" }), "completed");
    const held = await rig.execute({ workflow_id: id, initial_input: "x" });
    const { waiting_for } = await rig.waitFor(held, "waiting");
    expect(waiting_for?.cap).toMatchObject({ scope: `workflow:${id}`, period: "total", date: null });
  });

  test("shows its own cap as its own", async () => {
    const id = await rig.execute({ steps: [TEXT], initial_input: "x", cap_usd: 0.001 });
    const { waiting_for } = await rig.waitFor(id, "waiting");
    expect(waiting_for?.cap).toMatchObject({ scope: "execution", period: "total", cap_usd: 0.001 });
  });

  test("was warned of it at the start where it is sure to", async () => {
    const body = { steps: [TEXT, IMAGE], initial_input: "x" };
    await put({ scope: "all", period: "day", cap_usd: 0.000_01 });
    const warned = await rig.send("POST", `${API}/execute`, body, { "Accept-Language": "en" });
    expect(warned.status).toBe(202);
    const { warnings } = executeAnswerSchema.parse(await warned.json());
    expect(warnings.map(({ message }) => message).join(" ")).toMatch(/is left under the cap of the day/);
    const rehearsed = await rig.send("POST", `${API}/execute`, { ...body, mode: "rehearsal" });
    expect(executeAnswerSchema.parse(await rehearsed.json()).warnings).toEqual([]);
  });
});
