import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const IMAGE = { step_number: 2, ai_provider: "dall-e", prompt: "Image de {article}" };
const HELD = { ...TEXT, prompt: "[hold] {topic}" };

interface ServerEvent {
  id: string | undefined;
  event: string;
  data: Record<string, unknown>;
}

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

function start(...steps: object[]): Promise<number> {
  return rig.execute({ steps, initial_input: "le chat", mode: "rehearsal" });
}

function parse(text: string): ServerEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const id = field("id");
      return {
        id,
        event: field("event") ?? "",
        data: JSON.parse(field("data") ?? ""),
      };
    });
}

async function listen(path: string, headers: Record<string, string> = {}): Promise<ServerEvent[]> {
  const response = await rig.send("GET", `${API}${path}`, undefined, headers);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("text/event-stream; charset=utf-8");
  return parse(await response.text());
}

describe("events of one execution", () => {
  test("are numbered without a gap, carry results, and end with the execution", async () => {
    const id = await start(TEXT, IMAGE);
    const events = await listen(`/executions/${id}/events`);
    const stored = events.filter((event) => event.id !== undefined);
    expect(stored.map((event) => event.id)).toEqual(stored.map((_, index) => String(index + 1)));
    const done = stored.filter(({ event, data }) => event === "step" && data["status"] === "completed");
    expect(done.map(({ data }) => data["result"])).toMatchObject([
      { type: "text", text: "# Titre\n\nSur le chat", performed_by: "local" },
      { type: "image", url: expect.stringContaining("/artifacts/") },
    ]);
    expect(stored.at(-1)).toMatchObject({
      event: "execution",
      data: { execution_id: id, status: "completed", current_step: 2, total_steps: 2, total_cost: 0 },
    });
    expect(rig.engine.events.subscriberCount).toBe(0);
  });

  test("tell of each item with its result, and of how many are done, without sending the items again", async () => {
    const each = { ...TEXT, prompt: "{item}", for_each: { in: "{topic}", max_parallel: 1 } };
    const id = await rig.execute({ steps: [each], initial_input: "a\nb", mode: "rehearsal" });
    const steps = (await listen(`/executions/${id}/events`)).filter(({ event }) => event === "step");
    const ofItems = steps.filter(({ data }) => data["item"] !== undefined);
    expect(
      ofItems.map(({ data: { item, status, items_total, result } }) => ({
        item,
        status,
        items_total,
        result,
      })),
    ).toMatchObject([
      { item: 0, status: "running", items_total: null, result: null },
      { item: 0, status: "completed", result: { type: "text", text: "# Titre\n\na" } },
      { item: 1, status: "running" },
      { item: 1, status: "completed", result: { text: "# Titre\n\nb" } },
    ]);
    const ofStep = steps.filter(({ data }) => data["item"] === undefined);
    expect([...new Set(ofStep.map(({ data }) => data["items_done"]))]).toEqual([0, 1, 2]);
    expect(ofStep.every(({ data }) => data["items"] === null)).toBe(true);
    const last = ofStep.at(-1)?.data;
    expect(last).toMatchObject({ status: "completed", items_total: 2, items_failed: 0 });
    expect(last?.["result"]).toMatchObject({ type: "json", json: ["# Titre\n\na", "# Titre\n\nb"] });
    expect(last?.["result"]).not.toHaveProperty("items");
  });

  test("say of which item a text is that is being written", async () => {
    const each = { ...TEXT, prompt: "[hold] {item}", for_each: { in: "{topic}", max_parallel: 2 } };
    const id = await rig.execute({ steps: [each], initial_input: "a\nb", mode: "rehearsal" });
    const response = await rig.send("GET", `${API}/executions/${id}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"item":0,"offset"') || !text.includes('"item":1,"offset"')) {
      text += (await reader?.read())?.value ?? "";
    }
    await reader?.cancel();
    rig.studio.release();
    await rig.waitFor(id, "completed");
    const live = parse(text).filter(({ event }) => event === "text");
    expect(live.map(({ data }) => data["text"])).toEqual(["# Titre\n\n", "# Titre\n\n"]);
  });

  test("are the same for who comes when all is over", async () => {
    const id = await start(TEXT);
    const live = (await listen(`/executions/${id}/events`)).filter((event) => event.id !== undefined);
    expect(await listen(`/executions/${id}/events`)).toEqual(live);
  });

  test("are counted in the execution, so that a late answer is known as such", async () => {
    const id = await start(HELD);
    await expect.poll(() => rig.engine.events.current(id)).toHaveLength(1);
    const before = await (await rig.send("GET", `${API}/executions/${id}`)).json();
    rig.studio.release();
    const events = (await listen(`/executions/${id}/events`)).filter((event) => event.id !== undefined);
    const after = await (await rig.send("GET", `${API}/executions/${id}`)).json();
    expect(after).toMatchObject({ status: "completed", last_event: Number(events.at(-1)?.id) });
    expect(before).toMatchObject({ status: "running" });
    const next = events.find((event) => Number(event.id) > before.last_event);
    expect(next?.data).toMatchObject({ status: "completed", step_number: 1 });
  });

  test("resume after the last one heard, by header or by address", async () => {
    const id = await start(TEXT);
    const all = (await listen(`/executions/${id}/events`)).filter((event) => event.id !== undefined);
    const rest = all.slice(2);
    expect(await listen(`/executions/${id}/events`, { "Last-Event-ID": "2" })).toEqual(rest);
    expect(await listen(`/executions/${id}/events?last_event_id=2`)).toEqual(rest);
  });

  test("tell who has heard everything not to come back", async () => {
    const id = await start(TEXT);
    const last = (await listen(`/executions/${id}/events`)).at(-1)?.id ?? "";
    const again = await rig.send("GET", `${API}/executions/${id}/events`, undefined, {
      "Last-Event-ID": last,
    });
    expect(again.status).toBe(204);
  });

  test("bring the text so far to who comes late, and the rest as it is written", async () => {
    const id = await start(HELD);
    await expect.poll(() => rig.engine.events.current(id)).toHaveLength(1);
    const response = await rig.send("GET", `${API}/executions/${id}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: text")) text += (await reader?.read())?.value ?? "";
    expect(parse(text).at(-1)).toEqual({
      id: undefined,
      event: "text",
      data: { execution_id: id, step_number: 1, offset: 0, text: "# Titre\n\n" },
    });
    rig.studio.release();
    for (;;) {
      const part = await reader?.read();
      if (part?.done !== false) break;
      text += part.value;
    }
    expect(parse(text).at(-1)).toMatchObject({ event: "execution", data: { status: "completed" } });
  });

  test("leave no listener behind when the client goes away", async () => {
    const id = await start(HELD);
    const response = await rig.send("GET", `${API}/executions/${id}/events`);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(rig.engine.events.subscriberCount).toBe(1);
    await reader?.cancel();
    expect(rig.engine.events.subscriberCount).toBe(0);
    rig.studio.release();
    await rig.waitFor(id, "completed");
  });

  test("are told in the language of the listener", async () => {
    const id = await start({ ...TEXT, prompt: "[fail]" });
    const english = await listen(`/executions/${id}/events?lang=en`);
    expect(JSON.stringify(english)).toContain("The content was refused.");
    const french = await listen(`/executions/${id}/events`);
    expect(JSON.stringify(french)).toContain("Le contenu a été refusé.");
  });

  test("are not compressed", async () => {
    const id = await start(TEXT);
    const headers = { "Accept-Encoding": "gzip" };
    const response = await rig.send("GET", `${API}/executions/${id}/events`, undefined, headers);
    expect(response.headers.get("Content-Encoding")).toBeNull();
    await response.text();
  });
});

describe("events of several executions", () => {
  test("come in one stream that ends with the last of them", async () => {
    const ids = [await start(TEXT), await start(TEXT, IMAGE)];
    const events = await listen(`/events?executions=${ids.join(",")}`);
    for (const id of ids) {
      const own = events.filter(({ data }) => data["execution_id"] === id);
      expect(own.at(-1)).toMatchObject({ event: "execution", data: { status: "completed" } });
    }
    expect(rig.engine.events.subscriberCount).toBe(0);
  });

  test("resume each where it was left", async () => {
    const ids = [await start(TEXT), await start(TEXT)];
    const query = `/events?executions=${ids.join(",")}`;
    const all = (await listen(query)).filter((event) => event.id !== undefined);
    const middle = all[Math.floor(all.length / 2)]?.id ?? "";
    const rest = (await listen(query, { "Last-Event-ID": middle })).filter((event) => event.id !== undefined);
    const heard = all.slice(0, all.findIndex(({ id }) => id === middle) + 1);
    const all_data = [...heard, ...rest].map(({ data }) => JSON.stringify(data));
    expect(all_data.toSorted()).toEqual(all.map(({ data }) => JSON.stringify(data)).toSorted());
    expect(rest.at(-1)?.id).toBe(all.at(-1)?.id);
  });
});
