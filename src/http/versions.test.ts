import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { Workflow, WorkflowBody, WorkflowVersion } from "./app.ts";

const API = "/api/combinations";

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

function poem(prompt: string, rest: Partial<WorkflowBody> = {}): WorkflowBody {
  return { name: "Poems", steps: [{ step_number: 1, ai_provider: "gpt-4", prompt }], ...rest };
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await rig.send(method, `${API}${path}`, body);
  expect(response.ok).toBe(true);
  const answer: T = JSON.parse(await response.text());
  return answer;
}

interface VersionPage {
  versions: WorkflowVersion[];
  next_cursor: string | null;
}

const versionsOf = (id: number, query = ""): Promise<VersionPage> =>
  send("GET", `/workflows/${id}/versions${query}`);

/** A workflow that was saved with each of these prompts. */
async function saved(first: string, ...changes: string[]): Promise<Workflow> {
  let workflow = await send<Workflow>("POST", "/workflows", poem(first));
  for (const prompt of changes) workflow = await send("PUT", `/workflows/${workflow.id}`, poem(prompt));
  return workflow;
}

const promptsOf = ({ versions }: VersionPage): (string | undefined)[] =>
  versions.map(({ steps }) => steps[0]?.prompt);

describe("versions of a workflow", () => {
  test("hold every save, newest first, page by page", async () => {
    const { id } = await saved("one", "two", "three");
    await saved("another workflow");
    const page = await versionsOf(id, "?limit=2");
    expect(page.versions.map(({ version }) => version)).toEqual([3, 2]);
    const last = await versionsOf(id, `?limit=2&cursor=${page.next_cursor}`);
    expect(last).toMatchObject({ versions: [{ version: 1, name: "Poems" }], next_cursor: null });
    expect([...promptsOf(page), ...promptsOf(last)]).toEqual(["three", "two", "one"]);
  });

  test("gain none by a save that changes nothing", async () => {
    const { id } = await saved("one", "one");
    await send("PUT", `/workflows/${id}`, poem("one", { is_template: true }));
    expect((await versionsOf(id)).versions).toHaveLength(1);
  });

  test("come back as a new one, and leave what else is known of the workflow", async () => {
    const { id } = await saved("one", "two");
    await send("PUT", `/workflows/${id}`, poem("two", { is_template: true }));
    const restored = await send<Workflow>("POST", `/workflows/${id}/versions/1/restore`);
    expect(restored).toMatchObject({ id, is_template: true, steps: [{ prompt: "one" }] });
    expect(await send("GET", `/workflows/${id}`)).toEqual(restored);
    expect(promptsOf(await versionsOf(id))).toEqual(["one", "two", "one"]);
  });

  test("of a model that is gone are not restored, and nothing changes", async () => {
    const { id } = await saved("one");
    const gone = JSON.stringify([{ ...poem("two").steps[0], ai_provider: "openai:dall-e-3" }]);
    await rig.db
      .updateTable("workflow_versions")
      .set({ steps: gone })
      .where("workflow_id", "=", id)
      .execute();
    const response = await rig.send("POST", `${API}/workflows/${id}/versions/1/restore`);
    expect(response.status).toBe(422);
    expect(promptsOf(await versionsOf(id))).toHaveLength(1);
    expect(await send("GET", `/workflows/${id}`)).toMatchObject({ steps: [{ prompt: "one" }] });
  });

  test("that do not exist, or of a workflow that does not, are not found", async () => {
    const { id } = await saved("one");
    for (const path of [`${id}/versions/2/restore`, `${id}/versions/x/restore`, "99/versions/1/restore"]) {
      expect((await rig.send("POST", `${API}/workflows/${path}`)).status).toBe(404);
    }
    expect((await rig.send("GET", `${API}/workflows/99/versions`)).status).toBe(404);
    await rig.send("DELETE", `${API}/workflows/${id}`);
    expect((await rig.send("GET", `${API}/workflows/${id}/versions`)).status).toBe(404);
  });
});
