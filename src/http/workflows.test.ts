import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Template, Workflow } from "./app.ts";

const API = "/api/combinations";
const POEM = {
  name: "Mon Workflow Test",
  steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "Écris un poème sur {topic}" }],
};

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

async function save(body: object): Promise<Workflow> {
  const response = await rig.send("POST", `${API}/workflows`, body);
  expect(response.status).toBe(201);
  const workflow: Workflow = JSON.parse(await response.text());
  expect(response.headers.get("Location")).toBe(`${API}/workflows/${workflow.id}`);
  return workflow;
}

async function get<T>(path: string): Promise<T> {
  const response = await rig.send("GET", `${API}${path}`);
  expect(response.status).toBe(200);
  const answer: T = JSON.parse(await response.text());
  return answer;
}

describe("workflows", () => {
  test("are saved with their defaults filled in, and found in the table", async () => {
    const workflow = await save(POEM);
    expect(workflow).toMatchObject({
      name: "Mon Workflow Test",
      description: "",
      is_template: false,
      execution_count: 0,
      warnings: [],
      steps: [{ step_number: 1, use_previous_output: false, on_error: "fail", timeout_seconds: 600 }],
    });
    expect(await get(`/workflows/${workflow.id}`)).toEqual(workflow);
    const rows = await rig.db.selectFrom("workflows").select("name").execute();
    expect(rows).toEqual([{ name: "Mon Workflow Test" }]);
  });

  test("keep HTML, braces and odd characters as they are", async () => {
    const name = `<script>alert("1")</script> {x} \u0000 ' ; DROP TABLE workflows; --`;
    const workflow = await save({ ...POEM, name });
    expect(workflow.name).toBe(name);
    expect((await get<Workflow>(`/workflows/${workflow.id}`)).name).toBe(name);
  });

  test("are listed newest first, page by page, each once", async () => {
    for (let number = 1; number <= 5; number++) await save({ ...POEM, name: `w${number}` });
    const names: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor ? `&cursor=${cursor}` : "";
      const page: { workflows: Workflow[]; next_cursor: string | null } = await get(
        `/workflows?limit=2${query}`,
      );
      names.push(...page.workflows.map((workflow) => workflow.name));
      cursor = page.next_cursor;
    }
    expect(names).toEqual(["w5", "w4", "w3", "w2", "w1"]);
  });

  test("warn in the asked language of a model that goes away", async () => {
    const steps = [{ step_number: 1, ai_provider: "openai-tts", prompt: "{topic}" }];
    const { id } = await save({ ...POEM, steps });
    const { warnings } = await get<Workflow>(`/workflows/${id}?lang=en`);
    expect(warnings).toMatchObject([
      { path: "steps[0].ai_provider", message: expect.stringMatching(/January 6, 2027/) },
    ]);
  });

  test("warn of a model that no list holds, on saving too", async () => {
    const steps = [{ step_number: 1, ai_provider: "openai:zzz", prompt: "{topic}" }];
    const response = await rig.send("POST", `${API}/workflows`, { ...POEM, steps });
    const { warnings }: Workflow = JSON.parse(await response.text());
    expect(warnings).toEqual([
      { path: "steps[0].ai_provider", message: expect.stringContaining("n’est pas dans la liste") },
    ]);
  });

  test("are gone once deleted, while their executions stay", async () => {
    const { id } = await save(POEM);
    const executionId = await rig.execute({ workflow_id: id, initial_input: "x", mode: "rehearsal" });
    await rig.waitFor(executionId, "completed");
    const deletion = await rig.send("DELETE", `${API}/workflows/${id}`);
    expect(deletion.status).toBe(204);
    expect(await deletion.text()).toBe("");
    expect((await rig.send("GET", `${API}/workflows/${id}`)).status).toBe(404);
    expect((await rig.send("DELETE", `${API}/workflows/${id}`)).status).toBe(404);
    const again = await rig.send("POST", `${API}/execute`, { workflow_id: id, initial_input: "x" });
    expect(again.status).toBe(404);
    expect(await get(`/executions/${executionId}`)).toMatchObject({ workflow_id: id, status: "completed" });
  });

  test("are changed as a whole, and refused as on saving, with nothing changed then", async () => {
    const { id, created_at } = await save({ ...POEM, description: "Court", is_template: true });
    const change = (body: object, which = id) => rig.send("PUT", `${API}/workflows/${which}`, body);
    const steps = [{ step_number: 1, ai_provider: "claude", prompt: "Une ode à {topic}" }];
    const response = await change({ name: "Ode", steps });
    expect(response.status).toBe(200);
    const changed: Workflow = JSON.parse(await response.text());
    expect(changed).toMatchObject({
      id,
      name: "Ode",
      description: "",
      is_template: false,
      steps,
      created_at,
    });
    expect(changed.updated_at >= created_at).toBe(true);
    expect((await change({ name: "x", steps: [{ ...steps[0], prompt: "{nobody}" }] })).status).toBe(422);
    expect(await get(`/workflows/${id}`)).toEqual(changed);
    expect((await change({ name: "x", steps }, id + 1)).status).toBe(404);
    await rig.send("DELETE", `${API}/workflows/${id}`);
    expect((await change({ name: "x", steps })).status).toBe(404);
    expect((await get<{ workflows: unknown[] }>("/workflows")).workflows).toEqual([]);
  });

  test("keep the steps of executions that ran before they were changed", async () => {
    const { id } = await save(POEM);
    const execution = await rig.execute({ workflow_id: id, mode: "rehearsal", initial_input: "x" });
    await rig.waitFor(execution, "completed");
    const steps = [{ ...POEM.steps[0], prompt: "Autre chose" }];
    await rig.send("PUT", `${API}/workflows/${id}`, { name: "x", steps });
    expect(await get(`/executions/${execution}`)).toMatchObject({ steps: POEM.steps });
    expect(await get(`/workflows/${id}`)).toMatchObject({ execution_count: 1 });
  });

  test("count their executions", async () => {
    const { id } = await save(POEM);
    for (const topic of ["a", "b"]) {
      await rig.waitFor(
        await rig.execute({ workflow_id: id, initial_input: topic, mode: "rehearsal" }),
        "completed",
      );
    }
    expect((await get<Workflow>(`/workflows/${id}`)).execution_count).toBe(2);
  });
});

describe("templates", () => {
  test("begin with the five that everybody knows, in the asked language", async () => {
    const french = await get<{ templates: Template[] }>("/templates");
    expect(french.templates.slice(0, 5).map(({ id, name }) => [id, name])).toEqual([
      ["creation-contenu", "Création de Contenu"],
      ["production-video", "Production Vidéo"],
      ["campagne-marketing", "Campagne Marketing"],
      ["contenu-educatif", "Contenu Éducatif"],
      ["pack-reseaux-sociaux", "Pack Réseaux Sociaux"],
    ]);
    const english = await get<{ templates: Template[] }>("/templates?lang=en");
    expect(english.templates[0]?.name).toBe("Content Creation");
    expect(english.templates[0]?.steps[0]?.prompt).not.toBe(french.templates[0]?.steps[0]?.prompt);
  });

  test("say what a live run is likely to cost and what it still needs", async () => {
    const { templates } = await get<{ templates: Template[] }>("/templates");
    const [content, video] = templates;
    expect(content).toMatchObject({
      workflow_id: null,
      step_models: [{ modality: "text" }, { modality: "image" }, { modality: "speech" }],
      missing_settings: ["OPENAI_API_KEY", "ELEVENLABS_API_KEY"],
    });
    const { estimated_cost, estimated_cost_low, estimated_cost_high } = content ?? {};
    expect(estimated_cost).toBeGreaterThan(0);
    expect(estimated_cost_low).toBeLessThanOrEqual(estimated_cost ?? 0);
    expect(estimated_cost_high).toBeGreaterThanOrEqual(estimated_cost ?? Infinity);
    expect(video?.missing_settings).toEqual(["ANTHROPIC_API_KEY", "BFL_API_KEY", "RUNWAYML_API_SECRET"]);
  });

  test("hold workflows that are marked as templates, which run by their template id", async () => {
    const workflow = await save({ ...POEM, is_template: true, inputs: [] });
    await save({ ...POEM, name: "not a template" });
    const { templates } = await get<{ templates: Template[] }>("/templates");
    expect(templates.filter(({ workflow_id: own }) => own !== null)).toMatchObject([
      { id: `workflow-${workflow.id}`, workflow_id: workflow.id, name: "Mon Workflow Test" },
    ]);
    const templateId = `workflow-${workflow.id}`;
    const id = await rig.execute({ template_id: templateId, initial_input: "x", mode: "rehearsal" });
    expect(await rig.waitFor(id, "completed")).toMatchObject({
      workflow_id: workflow.id,
      template_id: templateId,
      title: "Mon Workflow Test",
    });
  });

  test("do not run a workflow that is no template", async () => {
    const { id } = await save(POEM);
    const body = { template_id: `workflow-${id}`, initial_input: "x", mode: "rehearsal" };
    expect((await rig.send("POST", `${API}/execute`, body)).status).toBe(404);
  });
});

describe("providers", () => {
  test("say which keys are set and never show one", async () => {
    const withKey = await openHttpRig({ keys: { openai: "sk-very-secret" } });
    const text = await (await withKey.send("GET", `${API}/providers`)).text();
    await withKey.close();
    expect(text).not.toContain("sk-very-secret");
    const list: { providers: object[]; families: object[] } = JSON.parse(text);
    expect(list.providers).toContainEqual(
      expect.objectContaining({
        id: "openai",
        is_configured: true,
        missing_settings: [],
      }),
    );
    expect(list.providers).toContainEqual(
      expect.objectContaining({
        id: "runway",
        is_configured: false,
        missing_settings: ["RUNWAYML_API_SECRET"],
      }),
    );
    expect(list.families).toContainEqual(
      expect.objectContaining({ id: "gpt-4", modality: "text", is_configured: true }),
    );
    expect(list.families).toContainEqual(
      expect.objectContaining({ id: "elevenlabs", modality: "speech", is_configured: false }),
    );
  });
});
