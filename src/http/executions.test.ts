import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Execution, ExecutionSummary } from "./app.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const IMAGE = { step_number: 2, ai_provider: "dall-e", prompt: "Image de {article}" };
const HELD = { ...TEXT, prompt: "[hold] {topic}" };

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});

afterEach(() => rig.close());

async function list(query = ""): Promise<{ executions: ExecutionSummary[]; next_cursor: string | null }> {
  const response = await rig.send("GET", `${API}/executions${query}`);
  expect(response.status).toBe(200);
  const page: { executions: ExecutionSummary[]; next_cursor: string | null } = JSON.parse(
    await response.text(),
  );
  return page;
}

async function complete(body: object): Promise<Execution> {
  return rig.waitFor(
    await rig.execute({ initial_input: "le chat", mode: "rehearsal", ...body }),
    "completed",
  );
}

describe("POST /execute", () => {
  test("answers at once and says where to look", async () => {
    const body = { steps: [HELD], initial_input: "x", mode: "rehearsal" };
    const response = await rig.send("POST", `${API}/execute`, body);
    expect(response.status).toBe(202);
    expect(response.headers.get("Location")).toBe(`${API}/executions/1`);
    expect(JSON.parse(await response.text())).toEqual({
      execution_id: 1,
      status: "pending",
      mode: "rehearsal",
      total_steps: 1,
      url: `${API}/executions/1`,
      events_url: `${API}/executions/1/events`,
      warnings: [],
    });
    expect(rig.studio.calls()).toBeLessThanOrEqual(1);
    rig.studio.release();
    await rig.waitFor(1, "completed");
  });

  test("runs a template in the language of the request", async () => {
    const id = await rig.execute({
      template_id: "pack-reseaux-sociaux",
      initial_input: "x",
      mode: "rehearsal",
    });
    const execution = await rig.waitFor(id, "completed");
    expect(execution).toMatchObject({ template_id: "pack-reseaux-sociaux", title: "Pack Réseaux Sociaux" });
    expect(execution.results.map(({ type }) => type)).toEqual(["text", "image"]);
    expect((await list("?template_id=pack-reseaux-sociaux")).executions).toHaveLength(1);
    expect((await list("?template_id=production-video")).executions).toEqual([]);
  });

  test("takes steps in any order of writing", async () => {
    const execution = await complete({ steps: [IMAGE, TEXT] });
    expect(execution.steps.map(({ step_number }) => step_number)).toEqual([1, 2]);
  });

  test("runs live where the keys are set, and adds the cost up exactly", async () => {
    const execution = await complete({ steps: [TEXT, IMAGE], mode: "live", cap_usd: 1 });
    expect(execution).toMatchObject({
      mode: "live",
      total_cost: 0.04,
      cost_basis: "metered",
      cap_usd: 1,
      live_cost: null,
    });
    expect(execution.results.map(({ performed_by }) => performed_by)).not.toContain("local");
    expect(execution.results[0]).not.toHaveProperty("live_cost");
  });

  test("waits for a higher cap, and goes on once it is raised", async () => {
    const id = await rig.execute({ steps: [TEXT], initial_input: "x", cap_usd: 0.001 });
    const waiting = await rig.waitFor(id, "waiting");
    expect(waiting.waiting_for).toMatchObject({
      reason: "cap",
      step_number: 1,
      amount_usd: 0.02,
      cap_needed_usd: 0.02,
      reserved_usd: 0,
    });
    expect(rig.studio.calls()).toBe(0);
    const decide = (cap_usd: number) =>
      rig.send("POST", `${API}/executions/${id}/decision`, {
        decision: "raise_cap",
        step_number: 1,
        cap_usd,
      });
    expect((await decide(0.002)).status).toBe(422);
    expect((await decide(0.05)).status).toBe(202);
    expect(await rig.waitFor(id, "completed")).toMatchObject({ total_cost: 0.02, cap_usd: 0.05 });
    expect((await decide(1)).status).toBe(409);
  });

  test("says what cap the rest needs where a part is spent, in the events too", async () => {
    const id = await rig.execute({ steps: [TEXT, IMAGE], initial_input: "x", cap_usd: 0.03 });
    const { waiting_for } = await rig.waitFor(id, "waiting");
    expect(waiting_for).toMatchObject({ step_number: 2, cap_needed_usd: 0.04, reserved_usd: 0 });
    const stream = await rig.send("GET", `${API}/executions/${id}/events`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let events = "";
    while (!events.includes('"status":"waiting","current_step":2')) {
      events += (await reader?.read())?.value ?? "";
    }
    await reader?.cancel();
    expect(events).toContain(`"waiting_for":${JSON.stringify(waiting_for)}`);
    const decision = { decision: "raise_cap", step_number: 2, cap_usd: 0.04 };
    expect((await rig.send("POST", `${API}/executions/${id}/decision`, decision)).status).toBe(202);
    await rig.waitFor(id, "completed");
  });

  test("keeps the title that comes with steps, and none where none comes", async () => {
    expect(await complete({ steps: [TEXT], title: "  Le chat " })).toMatchObject({ title: "Le chat" });
    expect(await complete({ steps: [TEXT] })).toMatchObject({ title: null, workflow_id: null });
    expect(await rig.countRows()).toMatchObject({ workflows: 0 });
  });

  test("takes the cap of the settings where the request has none", async () => {
    const capped = await openHttpRig({ keys: { openai: "k" }, settings: { defaultCapNanoUsd: 1 } });
    const id = await capped.execute({ steps: [TEXT], initial_input: "x" });
    expect((await capped.waitFor(id, "waiting")).cap_usd).toBe(1e-9);
    await capped.close();
  });
});

describe("an execution", () => {
  test("shows its steps, results and cost", async () => {
    const execution = await complete({ steps: [TEXT, IMAGE] });
    expect(execution).toMatchObject({
      status: "completed",
      mode: "rehearsal",
      current_step: 2,
      total_steps: 2,
      initial_input: "le chat",
      total_cost: 0,
      cost_basis: "free",
      live_cost: 0.04,
      currency: "USD",
      error_message: null,
      waiting_for: null,
      cap_usd: null,
      steps_data: [
        {
          step_number: 1,
          name: "article",
          modality: "text",
          status: "completed",
          attempts: 1,
          performed_by: "local",
        },
        { step_number: 2, name: null, modality: "image", status: "completed", error: null, items: null },
      ],
    });
    const [text, image] = execution.results;
    expect(text).toEqual({
      step_number: 1,
      name: "article",
      type: "text",
      text: "# Titre\n\nSur le chat",
      cost: 0,
      cost_basis: "free",
      performed_by: "local",
      live_cost: 0.02,
    });
    expect(image).toMatchObject({ type: "image", media_type: "image/png", width: 64, height: 32 });
    expect(image?.url).toMatch(/^\/api\/combinations\/artifacts\/[\w-]+$/);
  });

  test("shows the items of a step, with what each has made, while they are made and after", async () => {
    const each = { ...TEXT, name: "parts", prompt: "{item}", for_each: { in: "{topic}", max_parallel: 1 } };
    const draw = { ...IMAGE, prompt: "{item}", for_each: { in: "{parts}" }, on_error: "continue" };
    const body = { steps: [each, draw], initial_input: "a\nb [fail]\nc", mode: "rehearsal" };
    const failed = await rig.waitFor(await rig.execute(body), "failed");
    expect(failed.steps_data[0]).toMatchObject({ items_total: 3, items_done: 3, items_failed: 1 });
    expect(failed.steps_data[0]?.items?.map(({ status, error }) => [status, error?.code])).toEqual([
      ["completed", undefined],
      ["failed", "content_refused"],
      ["completed", undefined],
    ]);
    expect(failed.steps_data[1]).toMatchObject({ status: "skipped", items: null, items_total: null });
    // What the other items have made stays, though the step has no list.
    expect(failed.results).toMatchObject([
      {
        step_number: 1,
        items: [
          { item: 0, type: "text", text: "# Titre\n\na", performed_by: "local" },
          { item: 2, text: "# Titre\n\nc" },
        ],
      },
    ]);
    expect(failed.error_message).toContain("1 élément sur 3 en échec.");

    const done = await complete({ steps: [each, draw], initial_input: "a\nb\nc" });
    const [texts, pictures] = done.results;
    expect(texts).toMatchObject({ type: "json", json: ["a", "b", "c"].map((item) => `# Titre\n\n${item}`) });
    expect(pictures).toMatchObject({ type: "image", performed_by: "local" });
    expect(pictures?.files).toHaveLength(3);
    expect(pictures?.items?.map(({ item, url }) => [item, url])).toEqual(
      pictures?.files?.map(({ url }, index) => [index, url]),
    );
    expect(done.live_cost).toBeCloseTo(0.12, 9);
    const { executions } = await list();
    expect(executions[0]?.media).toEqual(["text", "image"]);

    expect((await rig.send("DELETE", `${API}/executions/${done.id}`)).status).toBe(204);
    const left = await rig.db
      .selectFrom("step_runs")
      .select(["output", "item_value"])
      .where("execution_id", "=", done.id)
      .execute();
    expect(left).toHaveLength(8);
    expect(left.filter(({ output, item_value }) => output !== null || item_value !== null)).toEqual([]);
  });

  test("takes the decision on a step with items for all that wait for the cap", async () => {
    const each = { ...TEXT, prompt: "{item}", for_each: { in: "{topic}" } };
    const id = await rig.execute({ steps: [each], initial_input: "a\nb\nc\nd", cap_usd: 0.05 });
    const waiting = await rig.waitFor(id, "waiting");
    expect(waiting.waiting_for).toMatchObject({ reason: "cap", step_number: 1, item: expect.any(Number) });
    const items = waiting.steps_data[0]?.items ?? [];
    expect(items.filter(({ status }) => status === "completed")).toHaveLength(2);
    expect(items.find(({ waiting_for }) => waiting_for !== null)?.waiting_for).toEqual({
      reason: "cap",
      amount_usd: 0.02,
    });
    const decide = (item?: number) =>
      rig.send("POST", `${API}/executions/${id}/decision`, {
        decision: "raise_cap",
        step_number: 1,
        cap_usd: 1,
        ...(item !== undefined && { item }),
      });
    const done = items.find(({ status }) => status === "completed")?.item;
    expect((await decide(done)).status).toBe(409);
    expect((await decide()).status).toBe(202);
    expect(await rig.waitFor(id, "completed")).toMatchObject({ total_cost: 0.08 });
    expect(rig.studio.calls()).toBe(4);
  });

  test("does not say what a live run would have cost where the rehearsal stopped half-way", async () => {
    const id = await rig.execute({
      steps: [{ ...TEXT, prompt: "[fail]" }],
      initial_input: "x",
      mode: "rehearsal",
    });
    expect((await rig.waitFor(id, "failed")).live_cost).toBeNull();
  });

  test("shows why it failed, in the asked language, and what is done stays", async () => {
    const steps = [TEXT, { ...IMAGE, prompt: "[fail] {article}" }];
    const id = await rig.execute({ steps, initial_input: "x", mode: "rehearsal" });
    await rig.waitFor(id, "failed");
    const response = await rig.send("GET", `${API}/executions/${id}?lang=en`);
    const execution: Execution = JSON.parse(await response.text());
    expect(execution.error_message).toContain("The content was refused.");
    expect(execution.steps_data[1]?.error).toMatchObject({ code: "content_refused" });
    expect(execution.results).toHaveLength(1);
  });

  test("does not expand references that an input or an answer holds", async () => {
    const execution = await complete({ steps: [TEXT], initial_input: "{topic} {step2_output} <b>" });
    expect(execution.results[0]?.text).toBe("# Titre\n\nSur {topic} {step2_output} <b>");
  });
});

describe("the history", () => {
  test("lists the newest first with media and a thumbnail, without texts", async () => {
    await complete({ steps: [TEXT] });
    await complete({ steps: [TEXT, IMAGE] });
    const { executions, next_cursor } = await list();
    expect(executions).toMatchObject([
      { id: 2, media: ["text", "image"], live_cost: 0.04 },
      { id: 1, media: ["text"], thumbnail_url: null },
    ]);
    expect(executions[0]?.thumbnail_url).toMatch(/\/artifacts\//);
    expect(executions[0]).not.toHaveProperty("results");
    expect(next_cursor).toBeNull();
  });

  test("is read page by page and by status, workflow and mode", async () => {
    const saved = await rig.send("POST", `${API}/workflows`, { name: "w", steps: [TEXT] });
    expect(saved.status).toBe(201);
    await complete({ steps: [TEXT] });
    await complete({ workflow_id: 1 });
    await complete({ steps: [TEXT], mode: "live" });
    const ids = async (query: string) => (await list(query)).executions.map(({ id }) => id);
    expect(await ids("?workflow_id=1")).toEqual([2]);
    expect(await ids("?mode=live")).toEqual([3]);
    expect(await ids("?status=failed")).toEqual([]);
    expect(await ids("?status=completed&mode=rehearsal")).toEqual([2, 1]);
    const first = await list("?limit=2");
    expect(first.executions.map(({ id }) => id)).toEqual([3, 2]);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ executions: [{ id: 1 }], next_cursor: null });
  });
});

describe("an execution that is not there", () => {
  test("is missing in the same words whatever is asked of it", async () => {
    const decision = { decision: "retry", step_number: 1 };
    const answers = await Promise.all([
      rig.send("GET", `${API}/executions/7`),
      rig.send("POST", `${API}/executions/7/cancel`),
      rig.send("POST", `${API}/executions/7/decision`, decision),
    ]);
    const details = await Promise.all(
      answers.map(async (answer): Promise<string> => JSON.parse(await answer.text()).detail),
    );
    expect(details[0]).toContain("exécution 7");
    expect(new Set(details).size).toBe(1);
  });
});

describe("cancel", () => {
  test("shows at once, and starts nothing more", async () => {
    const id = await rig.execute({ steps: [HELD, IMAGE], initial_input: "x", mode: "rehearsal" });
    await expect.poll(() => rig.studio.calls()).toBe(1);
    const response = await rig.send("POST", `${API}/executions/${id}/cancel`);
    expect(response.status).toBe(202);
    expect(JSON.parse(await response.text())).toEqual({ execution_id: id, status: "cancelled" });
    expect((await rig.waitFor(id, "cancelled")).steps_data.map(({ status }) => status)).toEqual([
      "cancelled",
      "cancelled",
    ]);
    rig.studio.release();
    expect((await rig.send("POST", `${API}/executions/${id}/cancel`)).status).toBe(409);
    expect(rig.studio.calls()).toBe(1);
  });
});

describe("DELETE of an execution", () => {
  test("is refused while it runs", async () => {
    const id = await rig.execute({ steps: [HELD], initial_input: "x", mode: "rehearsal" });
    const before = await rig.countRows();
    const response = await rig.send("DELETE", `${API}/executions/${id}`);
    expect(response.status).toBe(409);
    expect(JSON.parse(await response.text())).toMatchObject({ code: "conflict" });
    expect(await rig.countRows()).toMatchObject({ workflow_executions: before["workflow_executions"] });
    expect((await rig.send("GET", `${API}/executions/${id}`)).status).toBe(200);
  });

  test("is refused while a call of a cancelled one is still out, so that nothing arrives later", async () => {
    const id = await rig.execute({ steps: [HELD], initial_input: "x" });
    await expect.poll(() => rig.studio.calls()).toBe(1);
    await rig.send("POST", `${API}/executions/${id}/cancel`);
    expect((await rig.send("DELETE", `${API}/executions/${id}`)).status).toBe(409);
    rig.studio.release();
    const remove = async () => (await rig.send("DELETE", `${API}/executions/${id}`)).status;
    await expect.poll(remove).toBe(204);
    const [attempt] = await rig.db.selectFrom("attempts").select(["status", "cost_nano_usd"]).execute();
    expect(attempt).toEqual({ status: "succeeded", cost_nano_usd: 20_000_000 });
  });

  test("removes what it says and made, and keeps the money rows", async () => {
    const { id, results } = await complete({
      steps: [TEXT, IMAGE],
      initial_input: "secret topic",
      mode: "live",
    });
    const before = await rig.countRows();
    expect((await rig.send("DELETE", `${API}/executions/${id}`)).status).toBe(204);
    expect((await rig.send("GET", `${API}/executions/${id}`)).status).toBe(404);
    expect((await rig.send("GET", `${API}/executions/${id}/events`)).status).toBe(404);
    expect((await rig.send("GET", results[1]?.url ?? "")).status).toBe(404);
    expect((await list()).executions).toEqual([]);
    expect(await rig.countRows()).toMatchObject({
      attempts: before["attempts"],
      budgets: before["budgets"],
      artifacts: 0,
      execution_events: 0,
    });
    for (const table of ["workflow_executions", "step_runs", "attempts"] as const) {
      const rows = await rig.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain("secret topic");
    }
    const [row] = await rig.db.selectFrom("workflow_executions").select("total_cost_nano_usd").execute();
    expect(row?.total_cost_nano_usd).toBe(40_000_000);
  });

  test("keeps a file that another execution has made too", async () => {
    const first = await complete({ steps: [TEXT, IMAGE] });
    const second = await complete({ steps: [TEXT, IMAGE] });
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    expect((await rig.send("GET", second.results[1]?.url ?? "")).status).toBe(200);
    const { hash } = await rig.db.selectFrom("artifacts").select("hash").executeTakeFirstOrThrow();
    await rig.send("DELETE", `${API}/executions/${second.id}`);
    await expect.poll(() => rig.artifacts.open(hash)).toBeNull();
  });

  test("removes a file later that was just being stored again", async () => {
    const { id } = await complete({ steps: [TEXT, IMAGE] });
    const { hash } = await rig.db.selectFrom("artifacts").select("hash").executeTakeFirstOrThrow();
    await rig.artifacts.put({ bytes: await rig.artifacts.read(hash) });
    expect((await rig.send("DELETE", `${API}/executions/${id}`)).status).toBe(204);
    expect(await rig.artifacts.read(hash)).not.toHaveLength(0);
    rig.artifacts.release(hash);
    await expect.poll(() => rig.artifacts.open(hash)).toBeNull();
  });
});

function send(content: object, key = "once"): Promise<Response> {
  return rig.send("POST", `${API}/execute`, content, { "Idempotency-Key": key });
}

describe("Idempotency-Key", () => {
  const body = { steps: [TEXT], initial_input: "x", mode: "rehearsal" };

  test("gives the first answer again and starts nothing more", async () => {
    const first = await send(body);
    const second = await send(body);
    expect([second.status, second.headers.get("Location"), await second.text()]).toEqual([
      first.status,
      first.headers.get("Location"),
      await first.text(),
    ]);
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect(second.headers.get("Content-Type")).toBe("application/json");
    expect((await rig.countRows())["workflow_executions"]).toBe(1);
  });

  test("starts one execution for many requests at once", async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(body)));
    for (const { status } of answers) expect([202, 409]).toContain(status);
    expect((await rig.countRows())["workflow_executions"]).toBe(1);
  });

  test("is refused for another body", async () => {
    await send(body);
    const response = await send({ ...body, initial_input: "y" });
    expect(response.status).toBe(409);
    expect(JSON.parse(await response.text())).toMatchObject({ code: "idempotency_conflict" });
    expect((await rig.countRows())["workflow_executions"]).toBe(1);
  });

  test("is free again after a refusal, so that the corrected request may use it", async () => {
    expect((await send({ ...body, initial_input: "" })).status).toBe(422);
    expect((await send(body)).status).toBe(202);
  });

  test("is not free after its process broke off before the answer", async () => {
    await send(body);
    await rig.db.updateTable("idempotency_keys").set({ status: 0, answer: null }).execute();
    expect((await send(body)).status).toBe(409);
    expect((await rig.countRows())["workflow_executions"]).toBe(1);
  });

  test("holds for workflows too, each address for itself", async () => {
    const workflow = { name: "w", steps: [TEXT] };
    const headers = { "Idempotency-Key": "once" };
    const first = await rig.send("POST", `${API}/workflows`, workflow, headers);
    const second = await rig.send("POST", `${API}/workflows`, workflow, headers);
    expect(await second.text()).toBe(await first.text());
    expect((await send(body)).status).toBe(202);
    expect((await rig.countRows())["workflows"]).toBe(1);
  });
});
