import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { ExecutionSummary } from "./app.ts";

const API = "/api/combinations";
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" };
const HOSTILE = `100 % de réussite_totale \\ "l'été" 'x' OR 1=1; -- *`;

let rig: HttpRig;

/** Four executions: 1 of a template, 2 and 3 of steps alone, 4 of a workflow; 2 was made a year before. */
beforeAll(async () => {
  rig = await openHttpRig();
  const saved = await rig.send("POST", `${API}/workflows`, { name: "Récits de la Mer", steps: [TEXT] });
  if (saved.status !== 201) throw new Error(await saved.text());
  const bodies = [
    { template_id: "creation-contenu", initial_input: "Le cœur des abeilles" },
    { steps: [TEXT], title: "Essai", initial_input: HOSTILE },
    { steps: [TEXT], initial_input: `${"mot ".repeat(3_000)} ${"x".repeat(10_000)}` },
    { workflow_id: 1, initial_input: "La tempête" },
  ];
  for (const body of bodies) {
    await rig.waitFor(await rig.execute({ mode: "rehearsal", ...body }), "completed");
  }
  const yearAgo = "2025-03-04T10:00:00.000Z";
  await rig.db.updateTable("workflow_executions").set({ created_at: yearAgo }).where("id", "=", 2).execute();
});

afterAll(() => rig.close());

async function list(filter: Record<string, string>): Promise<Response> {
  return await rig.send("GET", `${API}/executions?${new URLSearchParams(filter)}`);
}

async function found(filter: Record<string, string>): Promise<number[]> {
  const page: { executions: ExecutionSummary[] } = JSON.parse(await (await list(filter)).text());
  return page.executions.map(({ id }) => id);
}

describe("a search in the history", () => {
  test.each([
    ["the name of a workflow, without its accents", "recits", [4]],
    ["the name of a template", "création contenu", [1]],
    ["the topic, in another case", "TEMPETE", [4]],
    ["the beginnings of words, in any order", "abei coe", [1]],
    ["a ligature", "cœur", [1]],
    ["words of which one is not there", "tempete abeilles", []],
    ["the middle of a word", "beilles", []],
    ["a percent sign alone, which is no word", "%", []],
    ["an underscore alone", "_", []],
    ["quotes, operators and comments", `"réussite" OR 'x' --`, [2]],
    ["a word with an apostrophe", "l'ete", [2]],
    ["a number", "100", [2]],
    ["an operator of a search", "NOT tempete", []],
    ["nothing but spaces, which is no search", "   ", [4, 3, 2, 1]],
  ])("finds by %s", async (_, q, ids) => {
    expect(await found({ q })).toEqual(ids);
  });

  test("looks at the beginning of a topic, however long that is", async () => {
    expect(await found({ q: "mot" })).toEqual([3]);
  });

  test("goes with every other filter and is read page by page", async () => {
    expect(await found({ q: "e", status: "failed" })).toEqual([]);
    expect(await found({ q: "tempete", workflow_id: "1", mode: "rehearsal" })).toEqual([4]);
    expect(await found({ template_id: "creation-contenu" })).toEqual([1]);
    const first: { next_cursor: string } = JSON.parse(await (await list({ q: "l", limit: "1" })).text());
    expect(await found({ q: "l", cursor: first.next_cursor })).toEqual([2, 1]);
  });

  test.each(["a".repeat(1_001), "é% ".repeat(3_400)])("that is too long is refused", async (q) => {
    expect((await list({ q })).status).toBe(422);
  });

  test("does not find what was removed", async () => {
    const id = await rig.execute({ steps: [TEXT], initial_input: "passager", mode: "rehearsal" });
    await rig.waitFor(id, "completed");
    expect(await found({ q: "passager" })).toEqual([id]);
    await rig.send("DELETE", `${API}/executions/${id}`);
    expect(await found({ q: "passager" })).toEqual([]);
  });
});

describe("the days of the history", () => {
  test("are both included", async () => {
    expect(await found({ from: "2025-03-04", to: "2025-03-04" })).toEqual([2]);
    expect(await found({ to: "2025-03-03" })).toEqual([]);
    expect(await found({ from: "2025-03-05" })).toEqual([4, 3, 1]);
    expect(await found({ from: "2099-01-01" })).toEqual([]);
  });

  test.each([{ from: "2025-02-30" }, { to: "' OR 1=1" }, { from: "2025-03-05", to: "2025-03-04" }])(
    "that are none, or the wrong way round, are refused (%j)",
    async (days) => {
      expect((await list(days)).status).toBe(422);
    },
  );
});
