import { rm } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Execution, ProblemBody, RerunAnswer, RerunBody, RerunEstimate } from "./app.ts";

const API = "/api/combinations";
const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" },
  { step_number: 2, name: "picture", ai_provider: "dall-e", prompt: "Image de {article}" },
  { step_number: 3, name: "title", ai_provider: "gpt-4", prompt: "Titre de {article}" },
  { step_number: 4, name: "motto", ai_provider: "gpt-4", prompt: "Devise de {topic}" },
];

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});

afterEach(() => rig.close());

async function completed(body: object = {}): Promise<Execution> {
  const id = await rig.execute({ steps: STEPS, initial_input: "le chat", ...body });
  return await rig.waitFor(id, "completed");
}

async function answerTo<T>(address: string, body: object, status: number): Promise<T> {
  const response = await rig.send("POST", `${API}${address}`, body);
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.status}: ${text}`);
  const answer: T = JSON.parse(text);
  return answer;
}

async function rerun(id: number, body: RerunBody = {}): Promise<Execution & { answer: RerunAnswer }> {
  const answer = await answerTo<RerunAnswer>(`/executions/${id}/rerun`, body, 202);
  return Object.assign(await rig.waitFor(answer.execution_id, "completed"), { answer });
}

const estimate = (id: number, body: RerunBody = {}) =>
  answerTo<RerunEstimate>(`/executions/${id}/rerun/estimate`, body, 200);

const refusal = (id: number, body: object, status: number) =>
  answerTo<ProblemBody>(`/executions/${id}/rerun`, body, status);

async function attemptsOf(id: number): Promise<number[]> {
  const rows = await rig.db
    .selectFrom("attempts")
    .select("step_number")
    .where("execution_id", "=", id)
    .orderBy("step_number")
    .execute();
  return rows.map(({ step_number }) => step_number);
}

describe("POST /executions/{id}/rerun", () => {
  test("leaves an execution alone that waits for a cap, since it goes on by itself", async () => {
    const id = await rig.execute({ steps: STEPS, initial_input: "le chat", cap_usd: 0 });
    await rig.waitFor(id, "waiting");
    const refused = await refusal(id, {}, 409);
    expect(refused.detail).toContain("reprendra d’elle-même");
    const { count } = await rig.db
      .selectFrom("workflow_executions")
      .select((select) => select.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    expect(count).toBe(1);
  });

  test("keeps earlier results for $0 and buys only what is asked for and what depends on it", async () => {
    const first = await completed();
    expect(rig.studio.calls()).toBe(4);
    const second = await rerun(first.id, { from_step: 2 });
    expect(second.answer).toMatchObject({ rerun_of: first.id, reused_steps: [1, 3, 4], made_steps: [2] });
    expect(rig.studio.calls()).toBe(5);
    expect(await attemptsOf(second.id)).toEqual([2]);
    expect(second).toMatchObject({
      rerun_of: first.id,
      rerun_from_step: 2,
      total_cost: 0.02,
      saved_usd: 0.06,
    });
    expect(second.results.map(({ performed_by, cost }) => [performed_by, cost])).toEqual([
      ["cache", 0],
      [first.results[1]?.performed_by, 0.02],
      ["cache", 0],
      ["cache", 0],
    ]);
    expect(second.results[0]?.text).toBe(first.results[0]?.text);
    expect(second.steps_data[0]).toMatchObject({
      status: "completed",
      attempts: 0,
      reused_from: first.id,
      saved_usd: 0.02,
    });
    expect(second.steps_data[1]).toMatchObject({ attempts: 1, reused_from: null, saved_usd: null });
    const row = await rig.db.selectFrom("budgets").selectAll().where("scope", "=", "execution:2").execute();
    expect(row[0]).toMatchObject({ spent_nano_usd: 20_000_000, reserved_nano_usd: 0 });
  });

  test("leaves the earlier execution as it was", async () => {
    const first = await completed();
    await rerun(first.id, { from_step: 1 });
    const again = await rig.waitFor(first.id, "completed");
    expect(again).toEqual(first);
    expect(again.rerun_of).toBeNull();
  });

  test("keeps what a result had cost when it is kept a second time", async () => {
    const first = await completed();
    const second = await rerun(first.id, { from_step: 2 });
    const third = await rerun(second.id, { from_step: 2 });
    expect(third.saved_usd).toBe(0.06);
    expect(third.steps_data[0]).toMatchObject({ reused_from: second.id, saved_usd: 0.02 });
    expect(await attemptsOf(third.id)).toEqual([2]);
  });

  test("goes on where an execution failed, without buying what it had", async () => {
    const steps = [STEPS[0], { ...STEPS[2], step_number: 2, prompt: "[fail] {article}" }];
    const id = await rig.execute({ steps, initial_input: "x" });
    await rig.waitFor(id, "failed");
    const calls = rig.studio.calls();
    const body = { replace: [{ step_number: 2, text: "Le titre" }] };
    const second = await rerun(id, body);
    expect(rig.studio.calls()).toBe(calls);
    expect(second.results.map(({ performed_by }) => performed_by)).toEqual(["cache", "person"]);
    const planned = await estimate(id);
    expect(planned.plan.map(({ action, reason }) => [action, reason])).toEqual([
      ["reuse", null],
      ["make", "no_result"],
    ]);
  });

  test("keeps the files that it took over when the earlier execution is deleted", async () => {
    const first = await completed();
    const second = await rerun(first.id, { from_step: 4 });
    const url = second.results[1]?.url ?? "";
    expect(url).not.toBe(first.results[1]?.url);
    expect((await rig.send("DELETE", `${API}/executions/${first.id}`)).status).toBe(204);
    expect((await rig.send("GET", first.results[1]?.url ?? "")).status).toBe(404);
    const file = await rig.send("GET", url);
    expect(file.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBe(second.results[1]?.bytes);
    // The last that refers to it takes it along.
    const hash = file.headers.get("ETag")?.replaceAll('"', "") ?? "";
    expect((await rig.send("DELETE", `${API}/executions/${second.id}`)).status).toBe(204);
    expect(await rig.artifacts.open(hash)).toBeNull();
  });

  test("feeds a result by hand to what follows, and buys nothing else", async () => {
    const first = await completed();
    const second = await rerun(first.id, { replace: [{ step_number: 1, text: "Mon article à moi" }] });
    expect(await attemptsOf(second.id)).toEqual([2, 3]);
    expect(second.results[0]).toMatchObject({ text: "Mon article à moi", performed_by: "person", cost: 0 });
    expect(second.results[2]?.text).toContain("Titre de Mon article à moi");
    expect(second.results[3]?.performed_by).toBe("cache");
  });

  test("puts a stored picture in the place of another", async () => {
    const first = await completed();
    const other = await completed({ initial_input: "le chien" });
    const artifactId = other.results[1]?.url?.split("/").at(-1) ?? "";
    const second = await rerun(first.id, { replace: [{ step_number: 2, artifact_ids: [artifactId] }] });
    expect(second.results[1]).toMatchObject({ type: "image", performed_by: "person", width: 64 });
    expect(await attemptsOf(second.id)).toEqual([]);
    await rig.send("DELETE", `${API}/executions/${other.id}`);
    expect((await rig.send("GET", second.results[1]?.url ?? "")).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ["a text for a picture", { replace: [{ step_number: 2, text: "x" }] }, "replace[0].text"],
    ["an unknown file", { replace: [{ step_number: 2, artifact_ids: ["x"] }] }, "replace[0].artifact_ids"],
    ["a file for a text", { replace: [{ step_number: 1, artifact_ids: ["x"] }] }, "replace[0].artifact_ids"],
    ["nothing", { replace: [{ step_number: 1 }] }, "replace[0]"],
    ["two kinds at once", { replace: [{ step_number: 1, text: "x", json: 1 }] }, "replace[0]"],
    ["an unknown step", { replace: [{ step_number: 9, text: "x" }] }, "replace[0].step_number"],
    [
      "the same twice",
      {
        replace: [
          { step_number: 1, text: "x" },
          { step_number: 1, text: "y" },
        ],
      },
      "replace[1].step_number",
    ],
    ["an item of no list", { replace: [{ step_number: 1, item: 0, text: "x" }] }, "replace[0].step_number"],
    [
      "a step both made and replaced",
      { from_step: 1, replace: [{ step_number: 1, text: "x" }] },
      "from_step",
    ],
    ["a step that is not there", { from_step: 5 }, "from_step"],
    ["nothing to make", {}, "from_step"],
    ["an unknown field", { from_step: 1, force: true }, "force"],
  ])("refuses %s and starts nothing", async (_what, body, place) => {
    const first = await completed();
    const before = await rig.countRows();
    const problem = await refusal(first.id, body, 422);
    expect(problem.errors.map((error) => error.path)).toEqual([place]);
    expect(await rig.countRows()).toEqual(before);
  });

  test("refuses while the execution is under way, and where there is none", async () => {
    const id = await rig.execute({ steps: [{ ...STEPS[0], prompt: "[hold] {topic}" }], initial_input: "x" });
    while (rig.studio.calls() === 0) await setImmediate();
    await refusal(id, { from_step: 1 }, 409);
    await rig.send("POST", `${API}/executions/${id}/cancel`);
    // Cancelled, but its call is out: what it brings is paid for.
    await refusal(id, { from_step: 1 }, 409);
    await refusal(99, { from_step: 1 }, 404);
    expect(await rig.db.selectFrom("workflow_executions").select("id").execute()).toHaveLength(1);
  });

  test("takes no local result into a live run, nor the other way round", async () => {
    const rehearsal = await completed({ mode: "rehearsal" });
    const live = await rerun(rehearsal.id, { from_step: 4, mode: "live" });
    expect(await attemptsOf(live.id)).toEqual([1, 2, 3, 4]);
    const again = await rerun(rehearsal.id, { from_step: 4 });
    expect(again.mode).toBe("rehearsal");
    expect(await attemptsOf(again.id)).toEqual([4]);
    const back = await rerun(live.id, { from_step: 4, mode: "rehearsal" });
    expect(await attemptsOf(back.id)).toEqual([1, 2, 3, 4]);
  });

  test("keeps the cap of the execution unless another is given", async () => {
    const first = await completed({ cap_usd: 1 });
    expect((await rerun(first.id, { from_step: 4 })).cap_usd).toBe(1);
    expect((await rerun(first.id, { from_step: 4, cap_usd: 0.5 })).cap_usd).toBe(0.5);
    expect((await rerun(first.id, { from_step: 4, cap_usd: null })).cap_usd).toBeNull();
  });

  test("asks for the keys of what is made only", async () => {
    const steps = [
      { step_number: 1, name: "voice", ai_provider: "elevenlabs", prompt: "{topic}" },
      { step_number: 2, ai_provider: "gpt-4", prompt: "Sur {topic}" },
    ];
    const id = await rig.execute({ steps, initial_input: "x", mode: "rehearsal" });
    await rig.waitFor(id, "completed");
    const problem = await refusal(id, { from_step: 2, mode: "live" }, 422);
    expect(problem.code).toBe("provider_not_configured");
    await rig.db.updateTable("workflow_executions").set({ mode: "live" }).execute();
    expect((await rerun(id, { from_step: 2 })).results[0]?.performed_by).toBe("cache");
  });
});

describe("a rerun with the workflow as it is now", () => {
  test("keeps what has not changed and makes the rest anew", async () => {
    const saved = await answerTo<{ id: number }>("/workflows", { name: "w", steps: STEPS }, 201);
    const id = await rig.execute({ workflow_id: saved.id, initial_input: "le chat" });
    await rig.waitFor(id, "completed");
    const steps = STEPS.map((step) => ({
      ...step,
      prompt: step.prompt.replace("Titre de", "Sous-titre de"),
    }));
    const changed = await rig.send("PUT", `${API}/workflows/${saved.id}`, { name: "w", steps });
    expect(changed.status).toBe(200);
    const planned = await estimate(id, { definition: "current" });
    expect(planned.plan.map(({ action, reason }) => reason ?? action)).toEqual([
      "reuse",
      "reuse",
      "changed",
      "reuse",
    ]);
    const second = await rerun(id, { definition: "current" });
    expect(await attemptsOf(second.id)).toEqual([3]);
    expect(second.results[2]?.text).toContain("Sous-titre de");
    expect(await attemptsOf((await rerun(id, { from_step: 3 })).id)).toEqual([3]);
  });

  test("follows a template in the language that the execution was in", async () => {
    const id = await rig.execute({
      template_id: "contenu-educatif",
      initial_input: "x",
      mode: "rehearsal",
    });
    await rig.waitFor(id, "completed");
    const response = await rig.send(
      "POST",
      `${API}/executions/${id}/rerun/estimate`,
      { definition: "current", from_step: 1 },
      { "Accept-Language": "en" },
    );
    const planned: RerunEstimate = JSON.parse(await response.text());
    expect(planned.plan.map(({ reason }) => reason)).not.toContain("changed");
  });

  test("says that it is gone, or that there never was one", async () => {
    const saved = await answerTo<{ id: number }>("/workflows", { name: "w", steps: STEPS }, 201);
    const id = await rig.execute({ workflow_id: saved.id, initial_input: "x" });
    await rig.waitFor(id, "completed");
    await rig.send("DELETE", `${API}/workflows/${saved.id}`);
    await refusal(id, { definition: "current", from_step: 1 }, 409);
    expect((await rerun(id, { from_step: 4 })).workflow_id).toBe(saved.id);
    const own = await completed();
    await refusal(own.id, { definition: "current", from_step: 1 }, 409);
  });
});

describe("POST /executions/{id}/rerun/estimate", () => {
  test("says what is kept, what that had cost, and what the rest is likely to cost", async () => {
    const first = await completed();
    const before = await rig.countRows();
    const planned = await estimate(first.id, { from_step: 2 });
    expect(planned).toMatchObject({ reused_count: 3, made_count: 1, saved_usd: 0.06, mode: "live" });
    expect(planned.steps.map(({ step_number }) => step_number)).toEqual([2]);
    expect(planned.estimated_cost).toBeGreaterThan(0);
    expect(planned.estimated_cost).toBe(planned.steps[0]?.estimated_cost);
    expect(planned.plan[0]).toMatchObject({ action: "reuse", saved_usd: 0.02, name: "article" });
    expect(await rig.countRows()).toEqual(before);
  });

  test("says that a rehearsal costs nothing", async () => {
    const first = await completed({ mode: "rehearsal" });
    expect(await estimate(first.id, { from_step: 1 })).toMatchObject({
      estimated_cost: 0,
      estimated_cost_high: 0,
      cost_basis: "free",
      missing_settings: [],
    });
  });
});

describe("reuse across executions", () => {
  test("buys nothing that was bought before, and says what it saved", async () => {
    const first = await completed();
    const calls = rig.studio.calls();
    const second = await completed({ reuse: true });
    expect(rig.studio.calls()).toBe(calls);
    expect(await attemptsOf(second.id)).toEqual([]);
    expect(second).toMatchObject({ total_cost: 0, saved_usd: 0.08, reuse: true });
    expect(second.results.map(({ performed_by }) => performed_by)).toEqual(Array(4).fill("cache"));
    expect(second.steps_data[1]).toMatchObject({ reused_from: first.id, saved_usd: 0.02 });
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    expect((await rig.send("GET", second.results[1]?.url ?? "")).status).toBe(200);
  });

  test("buys where nobody asked for reuse", async () => {
    await completed();
    const calls = rig.studio.calls();
    expect((await completed()).saved_usd).toBeNull();
    expect(rig.studio.calls()).toBe(calls + 4);
  });

  test.each<[string, object]>([
    ["another topic", { initial_input: "le chien" }],
    ["another mode", { mode: "rehearsal" }],
    ["another model", { steps: [{ ...STEPS[3], step_number: 1, ai_provider: "openai:gpt-6.2-luna" }] }],
    [
      "another parameter",
      { steps: [{ ...STEPS[3], step_number: 1, parameters: { max_output_tokens: 77 } }] },
    ],
  ])("makes the call for %s", async (_what, change) => {
    await completed();
    const calls = rig.studio.calls();
    const other = await completed({ ...change, reuse: true });
    expect(rig.studio.calls()).toBeGreaterThan(calls);
    expect(other.saved_usd).toBeNull();
  });

  test("makes the call where the file is gone, and where the other execution is", async () => {
    const first = await completed({ steps: [{ ...STEPS[1], step_number: 1, prompt: "Image de {topic}" }] });
    const steps = [{ ...STEPS[1], step_number: 1, prompt: "Image de {topic}" }];
    const [file] = await rig.db.selectFrom("artifacts").select("hash").execute();
    const hash = file?.hash ?? "";
    await rm(path.join(rig.folder, "artifacts", hash.slice(0, 2), hash.slice(2)));
    const second = await completed({ steps, reuse: true });
    expect(await attemptsOf(second.id)).toEqual([1]);
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    await rig.send("DELETE", `${API}/executions/${second.id}`);
    expect(await attemptsOf((await completed({ steps, reuse: true })).id)).toEqual([1]);
  });

  test("takes nothing that a person wrote for what a model made", async () => {
    const first = await completed();
    await rerun(first.id, { replace: [{ step_number: 4, text: "à moi" }] });
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    const calls = rig.studio.calls();
    const again = await completed({ reuse: true });
    expect(again.results[3]?.text).not.toBe("à moi");
    expect(rig.studio.calls()).toBe(calls + 4);
  });

  test("works for what a rerun makes", async () => {
    const first = await completed();
    const calls = rig.studio.calls();
    const second = await rerun(first.id, { from_step: 1, reuse: true });
    expect(rig.studio.calls()).toBe(calls);
    expect(second.total_cost).toBe(0);
  });
});

describe("a rerun of a step that maps over a list", () => {
  const EACH = {
    step_number: 1,
    name: "parts",
    ai_provider: "dall-e",
    prompt: "{item}",
    for_each: { in: "{topic}", max_parallel: 2 },
    on_error: "continue" as const,
  };
  const NOTE = { step_number: 2, ai_provider: "gpt-4", prompt: "Bonjour" };
  const TOPIC = JSON.stringify(["un", "[fail] deux", "trois"]);

  async function partly(): Promise<Execution> {
    const first = await completed({ steps: [EACH, NOTE], initial_input: TOPIC });
    expect(first.steps_data[0]).toMatchObject({ status: "completed", items_total: 3, items_failed: 1 });
    return first;
  }

  test("makes only the items that failed, and keeps the files of the others", async () => {
    const first = await partly();
    const calls = rig.studio.calls();
    const planned = await estimate(first.id, { from_step: 1, failed_items: true });
    expect(planned.plan[0]).toMatchObject({ action: "make", reason: "items", kept_items: [0, 2] });
    expect(planned.saved_usd).toBe(0.06);
    const second = await rerun(first.id, { from_step: 1, failed_items: true });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(second.steps_data[0]).toMatchObject({ items_total: 3, items_done: 3, items_failed: 1 });
    expect(second.steps_data[0]?.items?.map(({ performed_by }) => performed_by)).toEqual([
      "cache",
      expect.not.stringMatching(/cache|person/),
      "cache",
    ]);
    expect(second.saved_usd).toBe(0.06);
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    for (const item of second.results[0]?.items ?? []) {
      expect((await rig.send("GET", item.url ?? "")).status).toBe(200);
    }
  });

  test("makes one item again, beside those without a result, and keeps the others", async () => {
    const first = await partly();
    const calls = rig.studio.calls();
    const second = await rerun(first.id, { from_step: 1, items: [2] });
    expect(rig.studio.calls()).toBe(calls + 2);
    expect(second.steps_data[0]?.items?.map(({ performed_by }) => performed_by === "cache")).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("refuses items that are not there, and items without their step", async () => {
    const first = await partly();
    const calls = rig.studio.calls();
    for (const body of [{ from_step: 1, items: [3] }, { from_step: 2, items: [0] }, { items: [0] }]) {
      const response = await rig.send("POST", `${API}/executions/${first.id}/rerun`, body);
      expect([response.status, JSON.parse(await response.text())]).toMatchObject([
        422,
        { code: "invalid_request", errors: [{ path: "items" }] },
      ]);
    }
    expect(rig.studio.calls()).toBe(calls);
  });

  test("makes all of them where the step itself is asked for", async () => {
    const first = await partly();
    const calls = rig.studio.calls();
    await rerun(first.id, { from_step: 1 });
    expect(rig.studio.calls()).toBe(calls + 3);
  });

  test("keeps the whole list, its failures too, where another step is asked for", async () => {
    const first = await partly();
    const calls = rig.studio.calls();
    const second = await rerun(first.id, { from_step: 2 });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(second.steps_data[0]).toMatchObject({
      status: "completed",
      performed_by: "cache",
      items_total: 3,
      items_failed: 1,
    });
    expect(second.steps_data[0]?.items?.map(({ status }) => status)).toEqual([
      "completed",
      "failed",
      "completed",
    ]);
    expect(second.saved_usd).toBe(0.04);
    // And once more, from what was itself taken over.
    const third = await rerun(second.id, { from_step: 1, failed_items: true });
    expect(rig.studio.calls()).toBe(calls + 2);
    expect(third.saved_usd).toBe(0.06);
  });

  test("puts one item in its place and buys nothing", async () => {
    const first = await partly();
    const other = first.results[0]?.items?.[0]?.url?.split("/").at(-1) ?? "";
    const calls = rig.studio.calls();
    const second = await rerun(first.id, {
      replace: [{ step_number: 1, item: 1, artifact_ids: [other] }],
    });
    expect(rig.studio.calls()).toBe(calls);
    expect(second.steps_data[0]).toMatchObject({ status: "completed", items_failed: 0 });
    expect(second.results[0]?.items?.map(({ performed_by }) => performed_by)).toEqual([
      "cache",
      "person",
      "cache",
    ]);
    expect(second.results[0]?.files).toHaveLength(3);
  });

  test("reuses identical items across executions", async () => {
    await partly();
    const calls = rig.studio.calls();
    const topic = JSON.stringify(["trois", "quatre"]);
    const second = await completed({ steps: [EACH, NOTE], initial_input: topic, reuse: true });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(second.steps_data[0]?.items?.map(({ saved_usd }) => saved_usd)).toEqual([0.02, null]);
    expect(second.steps_data[0]?.saved_usd).toBe(0.02);
    expect(second.saved_usd).toBe(0.04);
  });
});
