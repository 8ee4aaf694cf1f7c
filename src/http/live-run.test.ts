import { afterEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig, type HttpRigOptions } from "../../test/support/http-rig.ts";
import type { ProblemBody } from "./app.ts";
import { providerListSchema } from "./provider-schemas.ts";
import { estimateSchema, executeAnswerSchema, workflowSchema } from "./schemas.ts";

const API = "/api/combinations";
const DRAW = { step_number: 1, ai_provider: "midjourney", prompt: "A lighthouse" };
const WIDE = { ...DRAW, parameters: { size: "1344x768" } };
const SPEAK = { step_number: 1, ai_provider: "elevenlabs", prompt: "Good morning" };
const FITTED = /^Midjourney stands for openai:gpt-image-2, .*“1344x768”: “1792x1024” is used\.$/;

let rig: HttpRig;

afterEach(() => rig.close());

async function open(options: HttpRigOptions): Promise<void> {
  rig = await openHttpRig(options);
}

async function send(method: string, path: string, body?: object, language = "en"): Promise<unknown> {
  const answer = await rig.send(method, API + path, body, { "Accept-Language": language });
  return JSON.parse(await answer.text());
}

/** What the refusal of a live run says of its only step. */
async function refusalOf(step: object, language = "en"): Promise<string> {
  const before = await rig.countRows();
  const answer = await rig.send("POST", `${API}/execute`, { steps: [step] }, { "Accept-Language": language });
  const problem: ProblemBody = JSON.parse(await answer.text());
  expect([answer.status, problem.code]).toEqual([422, "provider_not_configured"]);
  expect(await rig.countRows()).toEqual(before);
  expect(rig.studio.calls()).toBe(0);
  return problem.errors[0]?.message ?? "";
}

async function estimatedCost(step: object): Promise<number | null> {
  return estimateSchema.parse(await send("POST", "/estimate", { steps: [step] })).estimated_cost;
}

describe("a live run whose key is missing", () => {
  test("of Midjourney without a gateway is told the rule, and offered official models", async () => {
    await open({});
    const english = await refusalOf(DRAW);
    expect(english).toMatch(/^Black Forest Labs needs BFL_API_KEY\. Midjourney → FLUX 1\.1 Pro: /);
    expect(english).toMatch(/Official and of the same kind: openai:gpt-image-2, .+, .+\.$/);
    const french = await refusalOf(DRAW, "fr");
    expect(french).toContain("Midjourney → FLUX 1.1 Pro");
    expect(french).toContain("Officiel et du même genre");
  });

  test("of Suno without a gateway too", async () => {
    await open({});
    const sentence = await refusalOf({ ...DRAW, ai_provider: "suno" });
    expect(sentence).toContain("Suno → ElevenLabs Music");
    expect(sentence).toContain("Official and of the same kind: minimax:music-3.0.");
  });

  test("is offered only those that are ready, where there are any", async () => {
    await open({ keys: { openai: "sk-test" } });
    expect(await refusalOf(DRAW)).toMatch(/ Ready and of the same kind: openai:gpt-image-2\.$/);
  });

  test("of a vendor's own model is offered none that needs a key as well", async () => {
    await open({});
    expect(await refusalOf({ ...DRAW, ai_provider: "dall-e" })).toBe("OpenAI needs OPENAI_API_KEY.");
    expect(await refusalOf({ ...DRAW, ai_provider: "black-forest-labs:flux-pro-1.1" })).toBe(
      "Black Forest Labs needs BFL_API_KEY.",
    );
  });

  test("is offered a model that is about to shut down, with its day", async () => {
    await open({ keys: { openai: "sk-test" } });
    expect(await refusalOf(SPEAK)).toBe(
      "ElevenLabs needs ELEVENLABS_API_KEY. Ready and of the same kind: openai:gpt-4o-mini-tts (until January 6, 2027).",
    );
    expect(await refusalOf(SPEAK, "fr")).toContain("(jusqu’au 6 janvier 2027).");
  });
});

describe("a family that stands for a model of the person's choice", () => {
  const families = { midjourney: "openai:gpt-image-2" };

  test("is said to, in the list of providers", async () => {
    await open({ families });
    const list = providerListSchema.parse(await send("GET", "/providers"));
    const standings = new Map(list.families.map(({ id, standing }) => [id, standing]));
    expect(standings.get("midjourney")).toBe("chosen");
    expect(standings.get("suno")).toBe("stand_in");
    expect(standings.get("dall-e")).toBe("usual");
  });

  test("warns when steps are saved and run, and refuses nothing", async () => {
    await open({ families, keys: { openai: "sk-test" } });
    const steps = [WIDE];
    const saved = workflowSchema.parse(await send("POST", "/workflows", { name: "Sea", steps }));
    const started = executeAnswerSchema.parse(await send("POST", "/execute", { steps, cap_usd: 1 }));
    for (const { warnings } of [saved, started]) {
      expect(warnings).toEqual([
        { path: "steps[0].parameters.size", message: expect.stringMatching(FITTED) },
      ]);
    }
    await rig.waitFor(started.execution_id, "completed");
  });

  test("is estimated by what it will be sent", async () => {
    await open({ families });
    const named = { ...DRAW, ai_provider: "openai:gpt-image-2" };
    const wide = await estimatedCost(WIDE);
    expect(wide).toBe(await estimatedCost({ ...named, parameters: { size: "1792x1024" } }));
    expect(wide).not.toBe(await estimatedCost(named));
  });

  test.each(["production-video", "contenu-educatif"])("runs the template %s", async (template) => {
    await open({ families });
    const body = { template_id: template, initial_input: "The sea", mode: "rehearsal" };
    const started = executeAnswerSchema.parse(await send("POST", "/execute", body));
    expect(started.warnings.map(({ message }) => message)).toContainEqual(expect.stringMatching(FITTED));
    await rig.waitFor(started.execution_id, "completed");
  });
});
