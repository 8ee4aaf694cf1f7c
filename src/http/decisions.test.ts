import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Execution } from "./app.ts";

const API = "/api/combinations";
const SCHEMA = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
};
const TEXT = { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}", approval: true };
const NEXT = { step_number: 2, ai_provider: "gpt-4", prompt: "Et {article}" };

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});

afterEach(() => rig.close());

async function startWaiting(steps: object[]): Promise<Execution> {
  const id = await rig.execute({ steps, initial_input: "le chat" });
  return await rig.waitFor(id, "waiting");
}

const decide = (id: number, body: object) =>
  rig.send("POST", `${API}/executions/${id}/decision`, { step_number: 1, ...body });

describe("POST /executions/{id}/decision for an approval", () => {
  test("shows what waits, until when, and goes on once it is approved", async () => {
    const waiting = await startWaiting([{ ...TEXT, approval: { timeout_hours: 24 } }, NEXT]);
    expect(waiting).toMatchObject({
      waiting_for: { reason: "approval", step_number: 1 },
      total_cost: 0.02,
      results: [{ step_number: 1, text: "# Titre\n\nSur le chat", cost: 0.02 }],
    });
    const [first] = waiting.steps_data;
    expect(first).toMatchObject({ status: "waiting", waiting_reason: "approval", error: null });
    expect(Date.parse(first?.decide_by ?? "") - Date.parse(first?.completed_at ?? "")).toBe(86_400_000);
    expect((await decide(waiting.id, { decision: "approve" })).status).toBe(202);
    const done = await rig.waitFor(waiting.id, "completed");
    expect(done.results[0]).not.toHaveProperty("edited");
    expect(done.steps_data[0]).toMatchObject({ status: "completed", waiting_reason: null, decide_by: null });
    expect((await decide(waiting.id, { decision: "approve" })).status).toBe(409);
    expect(rig.studio.calls()).toBe(2);
  });

  test("puts an edited text in its place, says so, and shows it in the events", async () => {
    const { id } = await startWaiting([TEXT, NEXT]);
    expect((await decide(id, { decision: "approve", output: { text: "le mien" } })).status).toBe(202);
    const { results } = await rig.waitFor(id, "completed");
    expect(results[0]).toMatchObject({ text: "le mien", edited: true, cost: 0.02 });
    expect(results[0]?.performed_by).not.toBe("local");
    expect(results[1]?.text).toContain("Et le mien");
    const events = await (await rig.send("GET", `${API}/executions/${id}/events`)).text();
    expect(events).toContain('"waiting_reason":"approval"');
    expect(events).toContain('"text":"le mien","edited":true');
    expect(events).not.toContain("original");
  });

  test("refuses JSON that does not fit the schema, and loses nothing", async () => {
    const { id } = await startWaiting([{ ...TEXT, output_schema: SCHEMA }]);
    const refused = await decide(id, { decision: "approve", output: { json: { titre: "x" } } });
    expect(refused.status).toBe(422);
    expect(JSON.parse(await refused.text())).toMatchObject({
      code: "invalid_request",
      errors: [{ path: "output.json" }],
    });
    expect((await decide(id, { decision: "approve", output: { text: "x" } })).status).toBe(422);
    const still = await rig.waitFor(id, "waiting");
    expect(still.results[0]).toMatchObject({ json: { title: "Sur le chat" } });
    expect((await decide(id, { decision: "approve", output: { json: { title: "y" } } })).status).toBe(202);
    const done = await rig.waitFor(id, "completed");
    expect(done.results[0]).toMatchObject({ type: "json", json: { title: "y" }, edited: true });
  });

  test("takes a file of the execution or an uploaded one of the same kind, and no other", async () => {
    const image = { ...TEXT, name: null, ai_provider: "dall-e", step_number: 2 };
    const { id, results } = await startWaiting([{ ...TEXT, approval: false }, image]);
    const own = results[1]?.url?.split("/").at(-1) ?? "";
    const sources = { media_type: "image/png", bytes: 3, hash: "ab", created_at: new Date().toISOString() };
    const upload = { ...sources, id: "uploaded", execution_id: null };
    const sound = { ...sources, id: "sound", media_type: "audio/mpeg", execution_id: null };
    const foreign = { ...sources, id: "foreign", execution_id: id + 1 };
    await rig.db.insertInto("artifacts").values([upload, sound, foreign].map(asRow)).execute();
    const approve = (artifactId: string) =>
      decide(id, { step_number: 2, decision: "approve", output: { artifact_ids: [own, artifactId] } });
    for (const other of ["sound", "foreign", "nothing"]) {
      const refused = await approve(other);
      expect(refused.status).toBe(422);
      expect(JSON.parse(await refused.text())).toMatchObject({
        errors: [{ path: "output.artifact_ids[1]" }],
      });
    }
    expect((await approve("uploaded")).status).toBe(202);
    const done = await rig.waitFor(id, "completed");
    expect(done.results[1]).toMatchObject({
      edited: true,
      files: [{ bytes: expect.any(Number) }, { bytes: 3 }],
    });
  });

  test("rejects, and says so in a sentence that names the money", async () => {
    const { id } = await startWaiting([
      { ...TEXT, on_error: "continue" },
      { ...NEXT, prompt: "Autre" },
    ]);
    expect((await decide(id, { decision: "reject" })).status).toBe(202);
    const done = await rig.waitFor(id, "completed");
    expect(done.steps_data[0]).toMatchObject({
      status: "failed",
      error: { code: "rejected", message: expect.stringContaining("reste compté") },
    });
    expect(done.results.map(({ step_number }) => step_number)).toEqual([1, 2]);
    expect(done.total_cost).toBe(0.04);
  });
});

function asRow(row: {
  id: string;
  hash: string;
  media_type: string;
  bytes: number;
  execution_id: number | null;
  created_at: string;
}) {
  return { ...row, width: null, height: null, duration_seconds: null, step_number: null, item: null };
}
