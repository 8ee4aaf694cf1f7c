import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type {
  ComparableModels,
  CompareAnswer,
  Execution,
  ProblemBody,
  RerunAnswer,
  RerunEstimate,
  Take,
  TakeList,
} from "./app.ts";

const API = "/api/combinations";
const OTHER_TEXT = "anthropic:claude-opus-5";
const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" },
  { step_number: 2, name: "title", ai_provider: "gpt-4", prompt: "Titre de {article}" },
  { step_number: 3, name: "picture", ai_provider: "dall-e", prompt: "Image de {title}" },
  { step_number: 4, name: "motto", ai_provider: "gpt-4", prompt: "Devise de {topic}" },
];

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1", anthropic: "sk-2" } });
});

afterEach(() => rig.close());

async function completed(body: object = {}): Promise<Execution> {
  const id = await rig.execute({ steps: STEPS, initial_input: "le chat", ...body });
  return await rig.waitFor(id, "completed");
}

async function answerTo<T>(
  method: string,
  address: string,
  options: { body?: object; status?: number } = {},
): Promise<T> {
  const response = await rig.send(method, `${API}${address}`, options.body);
  const text = await response.text();
  if (response.status !== (options.status ?? 200)) throw new Error(`${response.status}: ${text}`);
  const answer: T = JSON.parse(text);
  return answer;
}

async function compare(id: number, body: object): Promise<Execution[]> {
  const answer = await answerTo<CompareAnswer>("POST", `/executions/${id}/compare`, { body, status: 202 });
  const made: Execution[] = [];
  for (const { execution_id } of answer.takes) made.push(await rig.waitFor(execution_id, "completed"));
  return made;
}

const refusal = (id: number, body: object, status = 422) =>
  answerTo<ProblemBody>("POST", `/executions/${id}/compare`, { body, status });

async function takes(id: number, step: number, query = ""): Promise<Take[]> {
  return (await answerTo<TakeList>("GET", `/executions/${id}/steps/${step}/takes${query}`)).takes;
}

async function rerun(id: number, body: object): Promise<Execution> {
  const options = { body, status: 202 };
  const { execution_id } = await answerTo<RerunAnswer>("POST", `/executions/${id}/rerun`, options);
  return await rig.waitFor(execution_id, "completed");
}

async function history(): Promise<number[]> {
  const { executions } = await answerTo<{ executions: { id: number }[] }>("GET", "/executions");
  return executions.map(({ id }) => id);
}

async function attemptsOf(id: number): Promise<number[]> {
  const rows = await rig.db
    .selectFrom("attempts")
    .select("step_number")
    .where("execution_id", "=", id)
    .orderBy("step_number")
    .execute();
  return rows.map(({ step_number }) => step_number);
}

describe("POST /executions/{id}/compare", () => {
  test("makes one step with each model and nothing else, and buys no earlier result", async () => {
    const first = await completed();
    const calls = rig.studio.calls();
    const [own, other] = await compare(first.id, { step_number: 2, models: ["gpt-4", OTHER_TEXT] });
    expect(rig.studio.calls()).toBe(calls + 2);
    expect(await attemptsOf(own?.id ?? 0)).toEqual([2]);
    expect(await attemptsOf(other?.id ?? 0)).toEqual([2]);
    expect(other).toMatchObject({ rerun_of: first.id, only_step: 2, total_cost: 0.02, saved_usd: 0.02 });
    expect(other?.steps_data.map(({ status }) => status)).toEqual([
      "completed",
      "completed",
      "skipped",
      "skipped",
    ]);
    expect(other?.results.map(({ performed_by }) => performed_by)).toEqual(["cache", OTHER_TEXT]);
    expect(other?.results[1]?.text).toBe(first.results[1]?.text);
    expect(await rig.waitFor(first.id, "completed")).toEqual(first);
  });

  test("keeps takes out of the history, unless nothing else leads to them", async () => {
    const first = await completed();
    const [take] = await compare(first.id, { step_number: 2, models: [OTHER_TEXT] });
    expect(await history()).toEqual([first.id]);
    await rig.db
      .updateTable("workflow_executions")
      .set({ status: "waiting" })
      .where("only_step", "=", 2)
      .execute();
    expect(await history()).toEqual([take?.id, first.id]);
    await rig.db.updateTable("workflow_executions").set({ status: "completed" }).execute();
    await rig.send("DELETE", `${API}/executions/${first.id}`);
    expect(await history()).toEqual([take?.id]);
  });

  test("asks the same model again, with another prompt, although identical calls may be reused", async () => {
    const first = await completed({ reuse: true });
    const calls = rig.studio.calls();
    const [same] = await compare(first.id, { step_number: 2, models: ["gpt-4"] });
    const [changed] = await compare(first.id, {
      step_number: 2,
      models: ["gpt-4"],
      prompt: "Sous-titre de {article}",
    });
    expect(rig.studio.calls()).toBe(calls + 2);
    expect(same?.results[1]).toMatchObject({ cost: 0.02 });
    expect(changed?.results[1]?.text).toContain("Sous-titre de # Titre");
  });

  test("gives the first answer to a request that is sent twice, and buys once", async () => {
    const first = await completed();
    const calls = rig.studio.calls();
    const body = { step_number: 2, models: [OTHER_TEXT] };
    const send = () =>
      rig.send("POST", `${API}/executions/${first.id}/compare`, body, { "Idempotency-Key": "k" });
    const answer: CompareAnswer = JSON.parse(await (await send()).text());
    await rig.waitFor(answer.takes[0]?.execution_id ?? 0, "completed");
    expect(JSON.parse(await (await send()).text())).toEqual(answer);
    expect(rig.studio.calls()).toBe(calls + 1);
  });

  test("waits for the cap where a take does not fit, and calls nobody", async () => {
    const first = await completed();
    const calls = rig.studio.calls();
    const body = { step_number: 2, models: [OTHER_TEXT], cap_usd: 0.01 };
    const answer = await answerTo<CompareAnswer>("POST", `/executions/${first.id}/compare`, {
      body,
      status: 202,
    });
    const id = answer.takes[0]?.execution_id ?? 0;
    expect((await rig.waitFor(id, "waiting")).waiting_for?.reason).toBe("cap");
    expect(rig.studio.calls()).toBe(calls);
    const [newest] = await takes(first.id, 2);
    expect(newest).toMatchObject({
      execution_id: id,
      status: "waiting",
      waiting_reason: "cap",
      result: null,
    });
  });

  test.each<[string, object, string]>([
    ["a model of another kind", { step_number: 2, models: ["dall-e"] }, "models[0]"],
    ["an unknown model", { step_number: 2, models: [OTHER_TEXT, "nobody:x"] }, "models[1]"],
    ["the same model twice", { step_number: 2, models: ["gpt-4", "gpt-4"] }, "models[1]"],
    ["four models", { step_number: 2, models: ["a", "b", "c", "d"] }, "models"],
    ["no model", { step_number: 2, models: [] }, "models"],
    ["a step that is not there", { step_number: 9, models: ["gpt-4"] }, "step_number"],
    ["another mode", { step_number: 2, models: ["gpt-4"], mode: "rehearsal" }, "mode"],
    ["an unknown name in the prompt", { step_number: 2, models: ["gpt-4"], prompt: "{nobody}" }, "prompt"],
    ["an item of no list", { step_number: 2, item: 0, models: ["gpt-4"] }, "item"],
    ["a model without a key", { step_number: 2, models: ["mistral:mistral-large-4"] }, "models[0]"],
  ])("refuses %s and starts nothing", async (_what, body, place) => {
    const first = await completed();
    const before = await rig.countRows();
    const problem = await refusal(first.id, body);
    expect(problem.errors.map((error) => error.path)).toEqual([place]);
    expect(await rig.countRows()).toEqual(before);
  });

  test("refuses while the execution is under way, or lacks what the step works on", async () => {
    const failing = [{ ...STEPS[0], prompt: "[fail]", on_error: "continue" }, ...STEPS.slice(1)];
    const id = await rig.execute({ steps: failing, initial_input: "x" });
    await rig.waitFor(id, "completed");
    const before = await rig.countRows();
    const lacking = await refusal(id, { step_number: 2, models: ["gpt-4"] }, 409);
    expect(lacking.detail).toContain("étape 1");
    expect(await rig.countRows()).toEqual(before);
    const held = await rig.execute({ steps: [{ ...STEPS[0], prompt: "[hold]" }], initial_input: "x" });
    const early = await refusal(held, { step_number: 1, models: ["gpt-4"] }, 409);
    expect(early.detail).toContain("pas finie");
    await refusal(99, { step_number: 1, models: ["gpt-4"] }, 404);
  });
});

describe("a comparison on a step that maps over a list", () => {
  const LIST = [
    {
      step_number: 1,
      name: "scenes",
      ai_provider: "gpt-4",
      prompt: "{topic}",
      output_schema: { type: "object" },
    },
    {
      step_number: 2,
      name: "drawing",
      ai_provider: "gpt-4",
      prompt: "Dessine {item}",
      for_each: { in: "{scenes.list}" },
    },
  ];

  /** The studio writes no list: a person gives it. */
  async function withList(): Promise<Execution> {
    const id = await rig.execute({ steps: LIST, initial_input: "x" });
    await rig.waitFor(id, "failed");
    return await rerun(id, { replace: [{ step_number: 1, json: { list: ["un", "deux", "trois"] } }] });
  }

  test("makes the item that is named and no other, and refuses to buy the whole list", async () => {
    const first = await withList();
    const problem = await refusal(first.id, { step_number: 2, models: [OTHER_TEXT] });
    expect(problem.errors[0]?.path).toBe("item");
    await refusal(first.id, { step_number: 2, item: 3, models: [OTHER_TEXT] });
    const calls = rig.studio.calls();
    const [take] = await compare(first.id, { step_number: 2, item: 1, models: [OTHER_TEXT] });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(take?.results[1]?.items?.map(({ item, text }) => [item, text])).toEqual([
      [1, "# Titre\n\nDessine deux"],
    ]);
    const found = await takes(first.id, 2, "?item=1");
    expect(found.map(({ execution_id, is_present }) => [execution_id, is_present])).toEqual([
      [take?.id, false],
      [first.id, true],
    ]);
    expect(await takes(first.id, 2, "?item=0")).toHaveLength(1);

    const replace = [{ step_number: 2, item: 1, from_execution: take?.id }];
    const planned = await answerTo<RerunEstimate>("POST", `/executions/${first.id}/rerun/estimate`, {
      body: { replace },
    });
    expect(planned).toMatchObject({ reused_count: 2, made_count: 0, estimated_cost: 0, saved_usd: 0.06 });
    expect(planned.plan[1]).toMatchObject({ action: "take", reason: null, saved_usd: 0.06 });
    const chosen = await rerun(first.id, { replace });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(chosen.results[1]?.items?.map(({ performed_by }) => performed_by)).toEqual([
      "cache",
      "cache",
      "cache",
    ]);
    expect(chosen.steps_data[1]?.items?.map(({ model }) => model)).toEqual([
      first.steps_data[1]?.items?.[0]?.model,
      OTHER_TEXT,
      first.steps_data[1]?.items?.[2]?.model,
    ]);
    expect(chosen.steps_data[1]?.saved_usd).toBe(0.06);
  });
});

describe("GET /executions/{id}/steps/{step_number}/takes", () => {
  test("gives what the family has made of a step, each once, newest first", async () => {
    const first = await completed();
    const second = await rerun(first.id, { from_step: 4 });
    const [take] = await compare(second.id, { step_number: 2, models: [OTHER_TEXT] });
    const third = await rerun(first.id, { replace: [{ step_number: 2, text: "Mon titre" }] });
    for (const { id } of [first, second, third]) {
      const found = await takes(id, 2);
      expect(found.map(({ execution_id }) => execution_id)).toEqual([third.id, take?.id, first.id]);
    }
    const found = await takes(second.id, 2);
    expect(found.map(({ is_present }) => is_present)).toEqual([false, false, true]);
    expect(found.map(({ model }) => model)).toEqual([null, OTHER_TEXT, first.steps_data[1]?.model]);
    expect(found.map(({ cost }) => cost)).toEqual([0, 0.02, 0.02]);
    expect(found[1]).toMatchObject({ is_comparison: true, status: "completed", prompt: null });
    expect(found[0]?.result).toMatchObject({ text: "Mon titre", performed_by: "person" });
  });

  test("gives them in pages", async () => {
    const first = await completed();
    await compare(first.id, { step_number: 1, models: [OTHER_TEXT, "openai:gpt-6-luna"] });
    const page = await answerTo<TakeList>("GET", `/executions/${first.id}/steps/1/takes?limit=2`);
    expect(page.takes).toHaveLength(2);
    const rest = await takes(first.id, 1, `?limit=2&cursor=${page.next_cursor}`);
    expect(rest.map(({ execution_id }) => execution_id)).toEqual([first.id]);
  });

  test("leaves out other executions, and what was made in another mode", async () => {
    const first = await completed();
    await completed();
    await rerun(first.id, { from_step: 1, mode: "rehearsal" });
    expect(await takes(first.id, 1)).toHaveLength(1);
    await answerTo("GET", `/executions/${first.id}/steps/9/takes`, { status: 404 });
    await answerTo("GET", `/executions/${first.id}/steps/1/takes?item=x`, { status: 422 });
  });
});

describe("using a take", () => {
  test("pays only for what follows, and says where the take comes from", async () => {
    const first = await completed();
    const [take] = await compare(first.id, { step_number: 2, models: [OTHER_TEXT] });
    const calls = rig.studio.calls();
    const replace = [{ step_number: 2, from_execution: take?.id }];
    const planned = await answerTo<RerunEstimate>("POST", `/executions/${first.id}/rerun/estimate`, {
      body: { replace },
    });
    expect(planned.plan.map(({ action }) => action)).toEqual(["reuse", "take", "make", "reuse"]);
    expect(planned).toMatchObject({ reused_count: 3, made_count: 1, saved_usd: 0.06 });
    const chosen = await rerun(first.id, { replace });
    expect(rig.studio.calls()).toBe(calls + 1);
    expect(await attemptsOf(chosen.id)).toEqual([3]);
    expect(chosen.steps_data[1]).toMatchObject({
      performed_by: "cache",
      model: OTHER_TEXT,
      reused_from: take?.id,
      saved_usd: 0.02,
      cost: 0,
    });
    expect(chosen.results[1]?.edited).toBeUndefined();
    expect(chosen.steps[1]).toMatchObject({ ai_provider: OTHER_TEXT, prompt: STEPS[1]?.prompt });
    expect(chosen.only_step).toBeNull();
    expect((await takes(chosen.id, 2)).map(({ is_present }) => is_present)).toEqual([true, false]);
    expect(await history()).toEqual([chosen.id, first.id]);
  });

  test("refuses one of another family, of another mode, or that has no result", async () => {
    const first = await completed();
    const stranger = await completed();
    const rehearsed = await rerun(first.id, { from_step: 1, mode: "rehearsal" });
    const [take] = await compare(first.id, { step_number: 2, models: [OTHER_TEXT] });
    const before = await rig.countRows();
    for (const [step_number, from_execution] of [
      [2, stranger.id],
      [2, rehearsed.id],
      [3, take?.id],
    ]) {
      const problem = await answerTo<ProblemBody>("POST", `/executions/${first.id}/rerun`, {
        body: { replace: [{ step_number, from_execution }] },
        status: 422,
      });
      expect(problem.errors[0]?.path).toBe("replace[0].from_execution");
    }
    expect(await rig.countRows()).toEqual(before);
  });

  test("keeps what a person wrote as theirs", async () => {
    const first = await completed();
    const second = await rerun(first.id, { replace: [{ step_number: 2, text: "Mon titre" }] });
    const third = await rerun(first.id, { replace: [{ step_number: 2, from_execution: second.id }] });
    expect(third.results[1]).toMatchObject({ text: "Mon titre", performed_by: "person" });
  });
});

describe("GET /executions/{id}/steps/{step_number}/models", () => {
  test("offers models of the same kind with a price, the step's own and those with a key first", async () => {
    const first = await completed();
    const { models, prompt } = await answerTo<ComparableModels>(
      "GET",
      `/executions/${first.id}/steps/2/models`,
    );
    expect(prompt).toBe(STEPS[1]?.prompt);
    expect(models[0]).toMatchObject({ is_own: true, provider: "openai", missing_settings: [] });
    expect(models[0]?.estimated_cost).toBeGreaterThan(0);
    const ready = models.filter(({ missing_settings }) => missing_settings.length === 0);
    expect(models.slice(0, ready.length)).toEqual(ready);
    expect(ready.map(({ model }) => model)).toContain(OTHER_TEXT);
    expect(models.some(({ model }) => model.startsWith("local:"))).toBe(false);
  });
});
