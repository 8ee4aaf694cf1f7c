import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { FileValue } from "../workflow/values.ts";
import type { ProblemBody, RerunAnswer, Upload, Workflow } from "./app.ts";

const API = "/api/combinations";
const WORKFLOW = {
  name: "Retouche",
  inputs: [{ name: "photo", label: "Photo", type: "file", required: true }],
  steps: [
    { step_number: 1, ai_provider: "openai:gpt-image-2", prompt: "Comme {photo}, la nuit" },
    { step_number: 2, ai_provider: "gpt-4", prompt: "Bonjour" },
  ],
};

let rig: HttpRig;
/** The files that went into each call. */
let given: FileValue[][];

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
  given = [];
  const { steps } = rig.studio;
  const prepare = steps.prepare.bind(steps);
  steps.prepare = async (request) => {
    given.push(request.files);
    return await prepare(request);
  };
});

afterEach(() => rig.close());

async function upload(name: string, bytes: Uint8Array | string): Promise<string> {
  const form = new FormData();
  form.append("file", new File([typeof bytes === "string" ? bytes : new Uint8Array(bytes)], name));
  const response = await rig.app.request(`${API}/artifacts`, { method: "POST", body: form });
  const answer: Upload = JSON.parse(await response.text());
  return answer.artifacts[0]?.id ?? "";
}

async function saved(): Promise<number> {
  const response = await rig.send("POST", `${API}/workflows`, WORKFLOW);
  const workflow: Workflow = JSON.parse(await response.text());
  expect(response.status).toBe(201);
  return workflow.id;
}

describe("an input that is a file", () => {
  test("goes into the model, and belongs to the execution from then on", async () => {
    const photo = await upload("moi.png", pngOf(20, 10));
    const id = await rig.execute({ workflow_id: await saved(), inputs: { photo } });
    const execution = await rig.waitFor(id, "completed");
    const [file] = given.find((files) => files.length > 0) ?? [];
    expect(file).toMatchObject({ medium: "image", mediaType: "image/png" });
    expect(execution.inputs["photo"]).toBe(file?.artifactId);
    expect(execution.inputs["photo"]).not.toBe(photo);
    // The upload may go: the execution has a row of its own.
    await rig.db.deleteFrom("artifacts").where("id", "=", photo).execute();
    expect((await rig.send("GET", `${API}/artifacts/${file?.artifactId}`)).status).toBe(200);
  });

  test("is there for an execution that is made from it, also when that one is deleted", async () => {
    const photo = await upload("moi.png", pngOf(20, 10));
    const first = await rig.execute({ workflow_id: await saved(), inputs: { photo } });
    await rig.waitFor(first, "completed");
    for (const definition of ["original", "current"]) {
      given.length = 0;
      const response = await rig.send("POST", `${API}/executions/${first}/rerun`, {
        from_step: 1,
        definition,
      });
      const answer: RerunAnswer = JSON.parse(await response.text());
      const second = await rig.waitFor(answer.execution_id, "completed");
      expect(given.flat().map(({ artifactId }) => artifactId)).toContain(second.inputs["photo"]);
      if (definition === "original") continue;
      await rig.send("DELETE", `${API}/executions/${first}`);
      const file = await rig.send("GET", `${API}/artifacts/${String(second.inputs["photo"])}`);
      expect(file.status).toBe(200);
    }
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ["is not there", async () => "nowhere", /Upload it again/],
    ["the model does not take", () => upload("a.txt", "bonjour"), /takes no file of the type text\/plain/],
    ["was not given", async () => "", /Photo/],
  ])("is refused where the file %s, and nothing starts", async (_what, choose, sentence) => {
    const body = { workflow_id: await saved(), inputs: { photo: await choose() } };
    const response = await rig.send("POST", `${API}/execute`, body, { "Accept-Language": "en" });
    const problem: ProblemBody = JSON.parse(await response.text());
    expect(response.status).toBe(422);
    expect(problem.errors).toHaveLength(1);
    expect(problem.errors[0]).toMatchObject({
      path: "inputs.photo",
      message: expect.stringMatching(sentence),
    });
    expect((await rig.countRows())["workflow_executions"]).toBe(0);
  });
});
