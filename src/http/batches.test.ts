import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type {
  BatchAnswer,
  BatchBody,
  BatchDetail,
  BatchEstimate,
  BatchRerunAnswer,
  BatchRowWire,
  BatchState,
  ProblemBody,
} from "./app.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const IMAGE = { step_number: 2, ai_provider: "dall-e", prompt: "Image de {article}" };
const HELD = { ...TEXT, prompt: "[hold] {topic}" };
const topics = (...names: string[]) => names.map((initial_input) => ({ initial_input }));

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});

afterEach(() => rig.close());

async function answerTo<T>(method: string, address: string, status: number, body?: unknown): Promise<T> {
  const response = await rig.send(method, `${API}${address}`, body);
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.status}: ${text}`);
  const answer: T = JSON.parse(text);
  return answer;
}

const start = (body: Partial<BatchBody> & Pick<BatchBody, "rows">) =>
  answerTo<BatchAnswer>("POST", "/batches", 202, { steps: [TEXT, IMAGE], ...body });
const refusal = (body: object) => answerTo<ProblemBody>("POST", "/batches", 422, body);
const batch = (id: number, query = "") => answerTo<BatchDetail>("GET", `/batches/${id}${query}`, 200);

async function waitForAll({ execution_ids }: BatchAnswer, status: "completed" | "waiting"): Promise<void> {
  for (const id of execution_ids) await rig.waitFor(id, status);
}

interface Told {
  id: string | undefined;
  event: string;
  data: { rows?: BatchRowWire[] } & Partial<BatchState>;
}

function field(block: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
}

function parse(text: string): Told[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => ({
      id: field(block, "id"),
      event: field(block, "event") ?? "",
      data: JSON.parse(field(block, "data") ?? ""),
    }));
}

describe("POST /batches", () => {
  test("starts an execution a row, which all tell what they are of", async () => {
    const answer = await start({ rows: topics("Paris", "Rome", "Oslo"), title: "Capitales", cap_usd: 1 });
    expect(answer).toMatchObject({ row_count: 3, mode: "live" });
    await waitForAll(answer, "completed");
    const detail = await batch(answer.batch_id);
    expect(detail).toMatchObject({
      title: "Capitales",
      status: "completed",
      counts: { completed: 3, failed: 0 },
      total_cost: 0.12,
      cost_basis: "metered",
      cap: { cap_usd: 1, spent_usd: 0.12, reserved_usd: 0, waiting_rows: 0, needed_usd: null },
    });
    expect(detail.rows.map(({ row, initial_input, status }) => [row, initial_input, status])).toEqual([
      [1, "Paris", "completed"],
      [2, "Rome", "completed"],
      [3, "Oslo", "completed"],
    ]);
    expect(detail.rows[0]?.preview).toMatchObject({
      type: "image",
      excerpt: expect.stringContaining("Sur Paris"),
      thumbnail_url: expect.stringContaining("?thumbnail="),
    });
    const [id = 0] = answer.execution_ids;
    expect(await rig.waitFor(id, "completed")).toMatchObject({
      batch_id: answer.batch_id,
      batch_row: 1,
      title: "Capitales",
    });
    const listed = await answerTo<{ executions: { id: number }[] }>(
      "GET",
      `/executions?batch=${answer.batch_id}`,
      200,
    );
    expect(listed.executions.map(({ id: one }) => one)).toEqual(answer.execution_ids.toReversed());
  });

  test("names every row that is wrong, and stores none", async () => {
    const before = await rig.countRows();
    const problem = await refusal({
      steps: [TEXT],
      rows: [{ initial_input: "x" }, {}, { initial_input: " " }],
    });
    expect(problem.errors.map(({ path }) => path)).toEqual([
      "rows[1].initial_input",
      "rows[2].initial_input",
    ]);
    const unknown = await refusal({
      template_id: "creation-contenu",
      mode: "rehearsal",
      rows: [{ initial_input: "x", inputs: { colour: "red" } }],
    });
    expect(unknown.errors.map(({ path }) => path)).toContain("rows[0].inputs.colour");
    expect((await refusal({ steps: [TEXT], rows: [] })).errors[0]?.path).toBe("rows");
    const many = Array.from({ length: 1_001 }, () => ({ initial_input: "x" }));
    expect((await refusal({ steps: [TEXT], rows: many })).errors[0]?.path).toBe("rows");
    expect((await refusal({ rows: topics("x") })).code).toBe("invalid_request");
    expect(await rig.countRows()).toEqual(before);
    expect(rig.studio.calls()).toBe(0);
  });

  test("is refused whole where a key is missing, before anything is spent", async () => {
    const steps = [{ step_number: 1, ai_provider: "claude", prompt: "{topic}" }];
    expect(await refusal({ steps, rows: topics("x", "y") })).toMatchObject({
      code: "provider_not_configured",
    });
    expect((await rig.countRows())["workflow_executions"]).toBe(0);
  });

  test("gives the first answer again to the same key, and starts nothing twice", async () => {
    const body = { steps: [TEXT], mode: "rehearsal", rows: topics("x", "y") };
    const send = () => rig.send("POST", `${API}/batches`, body, { "Idempotency-Key": "one" });
    const [first, second] = [await send(), await send()];
    expect(await second.text()).toBe(await first.text());
    expect((await rig.countRows())["workflow_executions"]).toBe(2);
  });

  test("estimates all rows together, each by its own topic", async () => {
    const body = { steps: [TEXT, IMAGE], rows: topics("x", "y", "z") };
    const all = await answerTo<BatchEstimate>("POST", "/batches/estimate", 200, body);
    const one = await answerTo<BatchEstimate>("POST", "/batches/estimate", 200, {
      ...body,
      rows: topics("x"),
    });
    expect(all.row_count).toBe(3);
    expect(all.estimated_cost).toBeCloseTo(3 * (one.estimated_cost ?? 0), 9);
    expect((await rig.countRows())["workflow_executions"]).toBe(0);
  });
});

describe("the cap of a batch", () => {
  test("makes rows wait, says what they need, and lets them go on when it is raised", async () => {
    const answer = await start({ rows: topics("a", "b", "c"), steps: [TEXT], cap_usd: 0.01 });
    await waitForAll(answer, "waiting");
    const waiting = await batch(answer.batch_id);
    expect(waiting).toMatchObject({
      status: "waiting",
      counts: { waiting: 3 },
      cap: { cap_usd: 0.01, waiting_rows: 3, needed_usd: 0.06 },
    });
    expect(rig.studio.calls()).toBe(0);
    const [id = 0] = answer.execution_ids;
    expect((await rig.waitFor(id, "waiting")).waiting_for).toMatchObject({
      reason: "cap",
      cap: { scope: `batch:${answer.batch_id}`, cap_usd: 0.01 },
    });
    const state = await answerTo<BatchState>("POST", `/batches/${answer.batch_id}/cap`, 200, {
      cap_usd: 0.06,
    });
    expect(state.cap.cap_usd).toBe(0.06);
    await waitForAll(answer, "completed");
    expect(rig.studio.calls()).toBe(3);
  });
});

describe("one stream of a batch", () => {
  test("tells all rows as they stand, then the end, and resumes from there", async () => {
    const answer = await start({ rows: topics("a", "b"), mode: "rehearsal" });
    await waitForAll(answer, "completed");
    const address = `${API}/batches/${answer.batch_id}/events`;
    const told = parse(await (await rig.send("GET", address)).text());
    expect(told.map(({ event }) => event)).toEqual(["rows", "batch"]);
    expect(told[0]?.data.rows?.map(({ row, status }) => [row, status])).toEqual([
      [1, "completed"],
      [2, "completed"],
    ]);
    expect(told[1]?.data).toMatchObject({ status: "completed", counts: { completed: 2 } });
    const last = told[1]?.id ?? "";
    const again = await rig.send("GET", address, undefined, { "Last-Event-ID": last });
    expect(again.status).toBe(204);
    const earlier = { "Last-Event-ID": "2099-01-01T00:00:00.000Z" };
    const unchanged = parse(await (await rig.send("GET", address, undefined, earlier)).text());
    expect(unchanged.map(({ event }) => event)).toEqual(["batch"]);
    const foreign = await rig.send("GET", address, undefined, { "Last-Event-ID": "1:5" });
    expect(foreign.status).toBe(422);
  });

  test("stays open while rows go on, streams no text, and tells of each change", async () => {
    const answer = await start({ rows: topics("a", "b"), steps: [HELD], mode: "rehearsal" });
    const response = await rig.send("GET", `${API}/batches/${answer.batch_id}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"running":2')) text += (await reader?.read())?.value ?? "";
    rig.studio.release();
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) break;
      text += piece.value;
    }
    const told = parse(text);
    expect(new Set(told.map(({ event }) => event))).toEqual(new Set(["rows", "batch"]));
    expect(told.at(-1)?.data).toMatchObject({ counts: { completed: 2 } });
    expect(rig.engine.events.subscriberCount).toBe(0);
  });
});

describe("rows of a batch", () => {
  test("are cancelled all at once, and run again one by one", async () => {
    const answer = await start({ rows: topics("a", "b", "c"), steps: [HELD, IMAGE], mode: "rehearsal" });
    const { batch_id: id } = answer;
    expect(await answerTo("POST", `/batches/${id}/rerun`, 409, {})).toMatchObject({ code: "conflict" });
    expect(await answerTo("POST", `/batches/${id}/cancel`, 202)).toEqual({ batch_id: id, cancelled: 3 });
    expect((await batch(id)).counts).toMatchObject({ cancelled: 3, running: 0 });
    rig.studio.release();
    // Until the calls that were out are settled, another one could pay twice.
    const open = () => rig.db.selectFrom("attempts").select("id").where("status", "=", "sent").execute();
    await expect.poll(open).toEqual([]);
    expect((await batch(id)).status).toBe("cancelled");
    const again = await answerTo<BatchRerunAnswer>("POST", `/batches/${id}/rerun`, 202, { rows: [2] });
    expect(again.refused).toEqual([]);
    const [newId = 0] = again.execution_ids;
    await rig.waitFor(newId, "completed");
    const { rows, counts } = await batch(id);
    expect(rows.map(({ execution_id }) => execution_id)).toEqual([
      answer.execution_ids[0],
      newId,
      answer.execution_ids[2],
    ]);
    expect(counts).toMatchObject({ completed: 1, cancelled: 2 });
    expect((await batch(id, "?status=completed")).rows.map(({ row }) => row)).toEqual([2]);
  });

  test("that failed are run again together, and no other", async () => {
    const answer = await start({ rows: topics("a", "[fail]", "c"), steps: [TEXT], mode: "rehearsal" });
    const { batch_id: id } = answer;
    await expect.poll(async () => (await batch(id)).status).toBe("failed");
    const calls = rig.studio.calls();
    const again = await answerTo<BatchRerunAnswer>("POST", `/batches/${id}/rerun`, 202, {});
    expect(again.execution_ids).toHaveLength(1);
    await expect.poll(async () => (await batch(id)).counts).toMatchObject({ completed: 2, failed: 1 });
    expect(rig.studio.calls()).toBe(calls + 1);
  });

  test("that no batch can have are refused, or not there", async () => {
    const answer = await start({ rows: topics("a"), steps: [TEXT], mode: "rehearsal" });
    const { batch_id: id } = answer;
    await waitForAll(answer, "completed");
    for (const row of [1_001, 3_000_000_000, Number.MAX_SAFE_INTEGER]) {
      await answerTo("POST", `/batches/${id}/rerun`, 422, { rows: [row] });
      const cursor = Buffer.from(`batch-${id}:${row}`).toString("base64url");
      expect((await batch(id, `?cursor=${cursor}`)).rows).toEqual([]);
    }
  });

  test("come page by page", async () => {
    const answer = await start({ rows: topics("a", "b", "c"), steps: [TEXT], mode: "rehearsal" });
    const first = await batch(answer.batch_id, "?limit=2");
    expect(first.rows.map(({ row }) => row)).toEqual([1, 2]);
    const second = await batch(answer.batch_id, `?limit=2&cursor=${first.next_cursor}`);
    expect(second.rows.map(({ row }) => row)).toEqual([3]);
    expect(second.next_cursor).toBeNull();
    await waitForAll(answer, "completed");
  });
});

describe("the results of a batch", () => {
  test("are a table that no spreadsheet carries out", async () => {
    const answer = await start({ rows: topics("=1+1", 'a "b", c'), mode: "rehearsal" });
    await waitForAll(answer, "completed");
    const response = await rig.send("GET", `${API}/batches/${answer.batch_id}/results.csv`);
    const text = await response.text();
    expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(text).toContain("row,execution_id,status,topic,article,step2,cost_usd,cost_basis,error\r\n");
    expect(text).toContain(`1,${answer.execution_ids[0]},completed,'=1+1,`);
    expect(text).toContain('"a ""b"", c"');
    expect(text).toMatch(/http:\/\/localhost\/api\/combinations\/artifacts\/\w+/);
  });

  test("are a ZIP with a folder a row, and none where nothing is made", async () => {
    const answer = await start({ rows: topics("../../x", "y"), mode: "rehearsal" });
    await waitForAll(answer, "completed");
    const response = await rig.send("GET", `${API}/batches/${answer.batch_id}/archive`);
    const zip = Buffer.from(await response.arrayBuffer()).toString("latin1");
    expect(zip).toContain("1 x/01-article.md");
    expect(zip).toContain("2 y/02");
    expect(zip).not.toContain("../");
    const held = await start({ rows: topics("a"), steps: [HELD], mode: "rehearsal" });
    const nothing = await rig.send("GET", `${API}/batches/${held.batch_id}/archive`);
    expect(nothing.status).toBe(409);
  });
});

describe("GET /batches", () => {
  test("lists them newest first, and knows none that is not there", async () => {
    const ids: number[] = [];
    for (const title of ["one", "two", "three"]) {
      const answer = await start({ rows: topics("a"), steps: [TEXT], mode: "rehearsal", title });
      await waitForAll(answer, "completed");
      ids.push(answer.batch_id);
    }
    const page = await answerTo<{ batches: { id: number }[]; next_cursor: string | null }>(
      "GET",
      "/batches?limit=2",
      200,
    );
    expect(page.batches.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 2));
    expect(page.next_cursor).not.toBeNull();
    for (const address of ["/batches/999", "/batches/x", "/batches/999/events", "/batches/999/results.csv"]) {
      expect((await rig.send("GET", `${API}${address}`)).status).toBe(404);
    }
    expect((await rig.send("POST", `${API}/batches/999/cancel`)).status).toBe(404);
  });
});
