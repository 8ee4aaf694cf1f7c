import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";

const API = "/api/combinations";
const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" },
  { step_number: 2, name: "croquis", ai_provider: "dall-e", prompt: "{item}", for_each: { in: "{topic}" } },
];

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig();
});

afterAll(() => rig.close());

describe("GET /executions/{id}/archive", () => {
  test("holds every result under a readable name", async () => {
    const body = { steps: STEPS, title: "Ma série", initial_input: "la mer\nle vent", mode: "rehearsal" };
    const id = await rig.execute(body);
    const { results } = await rig.waitFor(id, "completed");
    const response = await rig.send("GET", `${API}/executions/${id}/archive`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/zip");
    expect(response.headers.get("Content-Disposition")).toContain(
      `filename*=UTF-8''Ma%20s%C3%A9rie%20-%20la%20mer%20le%20vent.zip`,
    );
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    expect(Object.keys(files)).toEqual(["01-article.md", "02-croquis-01.png", "02-croquis-02.png"]);
    expect(Buffer.from(files["01-article.md"] ?? []).toString()).toBe(results[0]?.text);
    for (const item of results[1]?.items ?? []) {
      const picture = await rig.send("GET", item.url ?? "");
      const stored = files[`02-croquis-0${item.item + 1}.png`] ?? [];
      expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(stored))).toBe(true);
    }
  });

  test("of several has a folder for each", async () => {
    const ids: number[] = [];
    for (const title of ["../Un", "Deux"]) {
      const body = { steps: STEPS.slice(0, 1), title, initial_input: "x", mode: "rehearsal" };
      ids.push(await rig.execute(body));
    }
    for (const id of ids) await rig.waitFor(id, "completed");
    const response = await rig.send("GET", `${API}/archive?executions=${ids.join(",")}`);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    expect(Object.keys(files)).toEqual([`${ids[0]} Un/01-article.md`, `${ids[1]} Deux/01-article.md`]);
  });

  test.each(["", "1,x", "1,,2", Array.from({ length: 51 }, (_, index) => index + 1).join(",")])(
    "of several refuses what is no list of at most fifty (%j)",
    async (executions) => {
      const response = await rig.send("GET", `${API}/archive?executions=${executions}`);
      expect(response.status).toBe(422);
    },
  );

  test("of an execution that is not there is not found", async () => {
    for (const id of ["999", "x", "../1"]) {
      expect((await rig.send("GET", `${API}/executions/${encodeURIComponent(id)}/archive`)).status).toBe(404);
    }
  });

  test("waits for the first result", async () => {
    const held = [{ step_number: 1, ai_provider: "gpt-4", prompt: "[hold]" }];
    const id = await rig.execute({ steps: held, initial_input: "x", mode: "rehearsal" });
    const response = await rig.send("GET", `${API}/executions/${id}/archive`);
    expect(response.status).toBe(409);
    expect(JSON.parse(await response.text())).toMatchObject({ code: "conflict" });
    rig.studio.release();
    await rig.waitFor(id, "completed");
  });
});
