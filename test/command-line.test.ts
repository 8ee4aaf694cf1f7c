import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionListSchema, executionSchema, workflowListSchema } from "../src/http/schemas.ts";
import { inspectFile } from "../src/media/inspect.ts";
import { TEMPLATES } from "../src/workflow/templates.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer, Scenario } from "./support/fake-server.ts";
import { runCommand, startCommand, startRelais, type Exit } from "./support/relais-process.ts";

const EXTENSION_OF: Record<string, string> = {
  "image/png": ".png",
  "audio/mpeg": ".mp3",
  "video/mp4": ".mp4",
};
const POEM = [{ step_number: 1, name: "poem", ai_provider: "gpt-4", prompt: "Écris un poème sur {topic}" }];

let folder: string;
let dataFolder: string;
let out: string;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-command-"));
  dataFolder = path.join(folder, "data");
  out = path.join(folder, "out");
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  rmSync(folder, { recursive: true });
});

function relais(args: string[], env: Record<string, string> = {}): Promise<Exit> {
  return runCommand(args, { dataFolder, env, cwd: folder });
}

function file(name: string, content: unknown): string {
  const place = path.join(folder, name);
  writeFileSync(place, typeof content === "string" ? content : JSON.stringify(content));
  return place;
}

function readExecution(place = out) {
  return executionSchema.parse(JSON.parse(readFileSync(path.join(place, "execution.json"), "utf8")));
}

async function startVendor(...scenarios: Scenario[]): Promise<FakeServer & { env: Record<string, string> }> {
  const vendor = await startFakeOpenai({ scenario: scenarios });
  cleanUps.push(() => vendor.stop());
  const env = { OPENAI_API_KEY: FAKE_OPENAI_KEY, OPENAI_BASE_URL: `${vendor.url}/v1` };
  return Object.assign(vendor, { env });
}

describe("relais run", () => {
  test("rehearses a template and writes its results under their names", async () => {
    const exit = await relais([
      "run",
      "creation-contenu",
      "--topic",
      "Blockchain",
      "--rehearse",
      "--out",
      out,
    ]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    const names = ["1-article.md", "2-illustration.png", "3-narration.mp3", "execution.json"];
    expect(readdirSync(out).toSorted((a, b) => a.localeCompare(b))).toEqual(names);
    for (const name of names) expect(exit.stdout).toContain(path.join(out, name));
    expect(exit.stdout).toMatch(/Coût : 0\u202f\$ \(répétition.*en réel : ≈ 0,\d\d\u202f\$\)/);
    expect(exit.stderr.trim().split("\n")).toHaveLength(3);
    for (const step of [1, 2, 3]) {
      expect(exit.stderr).toMatch(new RegExp(`^étape ${step}/3 \\(\\w+\\) terminée`, "m"));
    }

    const article = readFileSync(path.join(out, "1-article.md"), "utf8");
    expect(article).toContain("Blockchain");
    const picture = await inspectFile({ path: path.join(out, "2-illustration.png") });
    expect(picture).toEqual({ mediaType: "image/png", width: 1536, height: 1024 });
    const narration = await inspectFile({ path: path.join(out, "3-narration.mp3") });
    expect(narration.mediaType).toBe("audio/mpeg");
    expect(narration.durationSeconds).toBeGreaterThan(5);
    expect(readExecution()).toMatchObject({ status: "completed", mode: "rehearsal", total_cost: 0 });
  });

  // An audiobook is minutes of speech, too long for a test; `compose-sound.test.ts` makes a short one.
  const shortOnes = TEMPLATES.filter(({ id }) => id !== "creation-contenu" && id !== "audiobook");
  test.each(shortOnes.map(({ id }) => id))(
    "rehearses %s in English, and each file is what its name says",
    async (id) => {
      const exit = await relais(["run", id, "--topic", "Tea", "--rehearse", "--out", out, "--lang", "en"]);
      expect(exit).toMatchObject({ code: 0 });
      expect(exit.stdout).toContain("Cost: $0 (rehearsed");
      const execution = readExecution();
      expect(execution.results).toHaveLength(execution.total_steps);
      for (const name of readdirSync(out).filter((one) => /\.(png|mp3|mp4|bin)$/.test(one))) {
        const facts = await inspectFile({ path: path.join(out, name) });
        expect(path.extname(name)).toBe(EXTENSION_OF[facts.mediaType]);
      }
    },
  );

  test("numbers the files of a step that runs once per item, and says how many there are", async () => {
    const each = { for_each: { in: "{topic}", max_parallel: 2 }, prompt: "{item}" };
    const steps = [
      { step_number: 1, name: "sketch", ai_provider: "dall-e", ...each },
      { step_number: 2, ai_provider: "gpt-4", ...each },
    ];
    const command = ["run", file("sketches.json", steps), "--topic", "a tree\na lake", "--rehearse"];
    const exit = await relais([...command, "--out", out, "--lang", "en"]);
    expect(exit).toMatchObject({ code: 0 });
    expect(readdirSync(out).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "1-sketch-01.png",
      "1-sketch-02.png",
      "2-text-01.md",
      "2-text-02.md",
      "execution.json",
    ]);
    expect(exit.stderr).toMatch(/^step 1\/2 \(sketch\) completed \(2\/2\)/m);
    expect(exit.stderr.trim().split("\n")).toHaveLength(2);
  });

  test("talks to the server that owns the data folder, with its token", async () => {
    const env = { RELAIS_ACCESS_TOKEN: "token-of-this-test" };
    const server = await startRelais({ dataFolder, env });
    cleanUps.push(() => server.kill());
    const steps = file("poem.json", POEM);
    const exit = await relais(["run", steps, "--topic", "l'IA", "--rehearse", "--out", out], env);
    expect(exit).toMatchObject({ code: 0 });
    expect(readdirSync(out)).toEqual(["1-poem.md", "execution.json"]);

    const headers = { Authorization: "Bearer token-of-this-test" };
    const api = `${server.url}/api/combinations`;
    const history = await fetch(`${api}/executions`, { headers });
    const { executions } = executionListSchema.parse(await history.json());
    expect(executions).toMatchObject([{ id: readExecution().id, title: "poem", status: "completed" }]);
    // The workflow of a file is not left among the saved ones.
    const saved = await fetch(`${api}/workflows`, { headers });
    expect(workflowListSchema.parse(await saved.json()).workflows).toEqual([]);

    const stranger = await relais(["run", steps, "--topic", "l'IA", "--rehearse"], {
      RELAIS_ACCESS_TOKEN: "x",
    });
    expect(stranger.code).toBe(2);
  });

  test("fills declared inputs in, numbers as numbers", async () => {
    const workflow = {
      name: "Poems",
      steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "{count} poems, {tone}, on {topic}" }],
      inputs: [
        { name: "count", label: "Count", type: "number", required: true },
        { name: "tone", label: "Tone", type: "text", default: "calm" },
      ],
    };
    const command = ["run", file("poems.json", workflow), "--topic", "Tea", "--rehearse", "--out", out];
    const exit = await relais([...command, "--input", "count=3"]);
    expect(exit).toMatchObject({ code: 0 });
    expect(readExecution()).toMatchObject({ title: "Poems", inputs: { count: 3, tone: "calm" } });
    expect(readdirSync(out)).toContain("1-text.md");

    const without = await relais(command);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain("--input count");
    expect(without.stderr).toContain("Rien n’a été lancé ni dépensé.");
  });

  test("writes into a new folder for each execution where none is named", async () => {
    const command = ["run", file("poem.json", POEM), "--topic", "Tea", "--rehearse"];
    await relais(command);
    await relais(command);
    const folders = readdirSync(path.join(folder, "out"));
    expect(folders).toHaveLength(2);
    for (const one of folders) expect(readExecution(path.join(out, one)).id).toBe(Number(one));
  });

  test("runs live and adds the cost up", async () => {
    const vendor = await startVendor("success");
    const exit = await relais(["run", file("poem.json", POEM), "--topic", "Tea", "--out", out], vendor.env);
    expect(exit).toMatchObject({ code: 0 });
    expect(vendor.paidCalls).toBe(1);
    const { total_cost } = readExecution();
    expect(total_cost).toBeGreaterThan(0);
    expect(exit.stdout).toMatch(/Coût : .*0,0\d+\u202f\$\./);
    expect(JSON.stringify(exit)).not.toContain(FAKE_OPENAI_KEY);
  });

  test("exits with 1 and says why where a step fails", async () => {
    const vendor = await startVendor("unauthorized");
    const exit = await relais(["run", file("poem.json", POEM), "--topic", "Tea", "--out", out], vendor.env);
    expect(exit.code).toBe(1);
    expect(exit.stdout).toContain("échouée");
    expect(exit.stderr).toMatch(/étape 1\/1 \(poem\) échouée/);
    expect(readExecution()).toMatchObject({ status: "failed", total_cost: 0 });
    expect(JSON.stringify(exit)).not.toContain(FAKE_OPENAI_KEY);
  });

  test("exits with 3 and says how to answer where a call is in doubt", async () => {
    const vendor = await startVendor("drop");
    const exit = await relais(["run", file("poem.json", POEM), "--topic", "Tea", "--out", out], vendor.env);
    expect(exit.code).toBe(3);
    expect(exit.stdout).toContain('"decision":"retry"');
    expect(exit.stdout).toContain("/combinations/executions/1");
    expect(vendor.calls).toHaveLength(1);
  });

  test("exits with 3 where the cap is too low, before anything is sent", async () => {
    const vendor = await startVendor("success");
    const command = ["run", file("poem.json", POEM), "--topic", "Tea", "--out", out, "--cap", "0.000001"];
    const exit = await relais(command, vendor.env);
    expect(exit.code).toBe(3);
    expect(exit.stdout).toContain('"decision":"raise_cap"');
    expect(exit.stdout).toContain("/api/combinations/executions/1/cancel");
    expect(exit.stdout).not.toContain("give_up");
    expect(exit.stdout).not.toContain("Authorization");
    expect(vendor.calls).toHaveLength(0);
  });

  test("says how to answer a server that asks for a token, in lines that work as they are", async () => {
    const vendor = await startVendor("success");
    const env = { ...vendor.env, RELAIS_ACCESS_TOKEN: "token-of-this-test" };
    const server = await startRelais({ dataFolder, env });
    cleanUps.push(() => server.kill());
    const command = ["run", file("poem.json", POEM), "--topic", "Tea", "--out", out, "--cap", "0.000001"];
    const exit = await relais(command, env);
    expect(exit.code).toBe(3);
    expect(JSON.stringify(exit)).not.toContain("token-of-this-test");
    const [, url = "", body = ""] =
      /curl -X POST (\S+\/decision) -H "Authorization: Bearer \$RELAIS_ACCESS_TOKEN" .* -d '(.*)'/.exec(
        exit.stdout,
      ) ?? [];
    const headers = { Authorization: "Bearer token-of-this-test", "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body });
    expect(answer.status).toBe(202);
    const events = await fetch(`${server.url}/api/combinations/executions/1/events`, { headers });
    expect(await events.text()).toContain('"status":"completed"');
    expect(vendor.paidCalls).toBe(1);
  });

  test("says a missing topic once, in the words of the command", async () => {
    const { code, stderr } = await relais(["run", "creation-contenu", "--rehearse"]);
    expect(code).toBe(2);
    expect(stderr.match(/Un sujet est nécessaire/g)).toHaveLength(1);
    expect(stderr).toMatch(/^--topic\u00a0: Un sujet/);
    expect(stderr).toContain("Rien n’a été lancé ni dépensé.");
    expect(stderr).not.toContain("initial_input");
  });

  test.each([
    ["fr", "Il manque des réglages pour une exécution réelle :"],
    ["en", "A live run still needs settings:"],
  ])("offers the rehearsal in its own words where a key is missing, in %s", async (language, sentence) => {
    const command = ["run", "creation-contenu", "--topic", "Tea", "--lang", language];
    const { code, stderr } = await relais(command);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.match(/OPENAI_API_KEY/g)).toHaveLength(1);
    expect(stderr).toContain("ELEVENLABS_API_KEY");
    expect(stderr).toContain("--rehearse");
    expect(stderr).not.toContain('"mode"');
  });

  test("offers what a command can do where a price is unknown under a cap", async () => {
    const steps = file("a.json", [{ ...POEM[0], ai_provider: "elevenlabs:eleven_v99" }]);
    const env = { ELEVENLABS_API_KEY: "key-of-this-test" };
    const { code, stderr } = await relais(["run", steps, "--topic", "Tea", "--cap", "1"], env);
    expect(code).toBe(2);
    expect(stderr).toContain("elevenlabs:eleven_v99");
    expect(stderr).toContain("--cap");
    expect(stderr).toContain("--unpriced allow");
    expect(stderr).not.toContain('"unpriced"');
  });

  test.each([
    ["fr", "Coût : inconnu.", "n’est pas dans la liste"],
    ["en", "Cost: unknown.", "is not in the list"],
  ])(
    "lets a price be unknown under a cap where that is asked for, and says so in %s",
    async (language, cost, warning) => {
      const vendor = await startVendor("success");
      const steps = file("a.json", [{ ...POEM[0], ai_provider: "openai:gpt-99" }]);
      const command = ["run", steps, "--topic", "Tea", "--cap", "1", "--out", out, "--lang", language];
      const refused = await relais(command, vendor.env);
      expect(refused.code).toBe(2);
      expect(vendor.calls).toHaveLength(0);

      const exit = await relais([...command, "--unpriced", "allow"], vendor.env);
      expect(exit.code).toBe(0);
      expect(exit.stdout).toContain(cost);
      expect(exit.stderr).toContain(warning);
      expect(vendor.paidCalls).toBe(1);
    },
  );

  test("says of a deprecated model how long it runs", async () => {
    const steps = file("a.json", [{ ...POEM[0], ai_provider: "google:veo-3.1-generate-preview" }]);
    const exit = await relais(["run", steps, "--topic", "Tea", "--rehearse", "--out", out, "--lang", "en"]);
    expect(exit.code).toBe(0);
    expect(exit.stderr).toMatch(/shuts down on|was to shut down on/);
  });

  test("cancels on Ctrl-C and exits with 1", async () => {
    const vendor = await startVendor("hang");
    const command = startCommand(["run", file("poem.json", POEM), "--topic", "Tea", "--out", out], {
      dataFolder,
      env: vendor.env,
    });
    await vendor.arrived(1);
    command.signal("SIGINT");
    const exit = await command.exited;
    expect(exit.code).toBe(1);
    expect(exit.stderr).toContain("Annulation");
    expect(exit.stdout).toContain("annulée");
    expect(readExecution().status).toBe("cancelled");
  });

  test.each([
    [["run", "no-such-template", "--rehearse"], "relais templates"],
    [["run", "creation-contenu", "--rehearse"], "--topic"],
    [["run", "creation-contenu", "--topic", "Tea"], "--rehearse"],
    [["run", "creation-contenu", "--topic", "Tea", "--rehearse", "--input", "tone"], "--input"],
    [["run", "creation-contenu", "--cap", "much"], "--cap"],
    [["run", "creation-contenu", "--unpriced", "perhaps"], "--unpriced"],
    [["run", "missing.json"], "missing.json"],
    [["run", "missing.yaml"], "missing.yaml"],
    [["run", "999", "--rehearse"], "999"],
    [["run"], "target"],
    [["walk"], "walk"],
  ])("%j exits with 2 and says what is wrong", async (args, named) => {
    const exit = await relais(args);
    expect(exit.code).toBe(2);
    expect(exit.stdout).toBe("");
    expect(exit.stderr).toContain(named);
    expect(exit.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("relais templates", () => {
  test.each([
    ["fr", "Création de Contenu", "texte → image → voix", /≈ 0,\d\d\u202f\$/],
    ["en", "Content Creation", "text → image → voice", /≈ \$0\.\d\d/],
  ])("lists the templates in %s with chain, cost and time", async (language, name, chain, cost) => {
    const { code, stdout } = await relais(["templates", "--lang", language]);
    expect(code).toBe(0);
    for (const { id } of TEMPLATES) expect(stdout).toContain(id);
    const line = stdout.split("\n").find((one) => one.startsWith("creation-contenu"));
    expect(line).toContain(name);
    expect(line).toContain(chain);
    expect(line).toMatch(cost);
  });
});

describe("relais costs", () => {
  test("shows what was spent, and writes each paid call into a file that is not there yet", async () => {
    const vendor = await startVendor();
    const steps = file("poem.json", { name: "Poem", steps: POEM });
    await relais(["run", steps, "--topic", "Blockchain", "--out", out], vendor.env);
    const { total_cost } = readExecution();
    const shown = await relais(["costs", "--by", "model", "--lang", "en"]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^model +calls +charged/m);
    expect(shown.stdout).toMatch(/^openai:gpt-6\.2-sol +1 +\$0\.\d+$/m);
    const exported = await relais(["costs", "--csv", "costs.csv", "--lang", "en"]);
    expect(exported).toMatchObject({ code: 0, stdout: "" });
    const lines = readFileSync(path.join(folder, "costs.csv"), "utf8").trim().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`,${total_cost},metered`);

    const again = await relais(["costs", "--csv", "costs.csv", "--lang", "en"]);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain("does not exist yet");
    expect(readFileSync(path.join(folder, "costs.csv"), "utf8").trim().split("\r\n")).toEqual(lines);
  });

  test("says that nothing was spent, and refuses a day that is none", async () => {
    const nothing = await relais(["costs", "--lang", "en"]);
    expect(nothing.stdout).toMatch(/^in all +0 +\$0$/m);
    const wrong = await relais(["costs", "--from", "yesterday", "--lang", "en"]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain("2026-11-01");
  });
});

describe("relais decide", () => {
  const asking = [{ ...POEM[0], approval: { timeout_hours: 24 } }];

  async function runUntilAsked(): Promise<void> {
    const exit = await relais([
      "run",
      file("a.json", asking),
      "--topic",
      "la mer",
      "--rehearse",
      "--out",
      out,
    ]);
    expect(exit.code).toBe(3);
    expect(exit.stdout).toContain("relais decide 1 approve");
    expect(exit.stdout).toContain("Sans réponse le");
    expect(readExecution().results).toHaveLength(1);
  }

  test("approves what a run waits for, with a file in its place, and writes the results anew", async () => {
    await runUntilAsked();
    const mine = file("mine.md", "Mon poème.");
    const exit = await relais(["decide", "1", "approve", "--edit", mine, "--out", out]);
    expect(exit).toMatchObject({ code: 0 });
    expect(readExecution()).toMatchObject({
      status: "completed",
      results: [{ text: "Mon poème.", edited: true }],
    });
    const again = await relais(["decide", "1", "approve", "--out", out]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("n’attend aucune décision");
  });

  test("rejects, and refuses words that are no decision", async () => {
    await runUntilAsked();
    const wrong = await relais(["decide", "1", "perhaps"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("approve, reject");
    const exit = await relais(["decide", "1", "reject", "--out", out]);
    expect(exit.code).toBe(1);
    expect(readExecution()).toMatchObject({ status: "failed", total_cost: 0 });
  });
});

describe("relais validate", () => {
  test("accepts a good file without storing or running anything", async () => {
    const exit = await relais(["validate", file("poem.json", POEM)]);
    expect(exit).toMatchObject({ code: 0, stderr: "" });
    expect(exit.stdout).toContain("est valide (1 étape)");
    expect(readdirSync(folder)).toEqual(["poem.json"]);
  });

  test("names each problem by its path", async () => {
    const steps = [
      { step_number: 1, ai_provider: "gpt-5000", prompt: "{step2_output}" },
      { step_number: 3, ai_provider: "gpt-4", prompt: " " },
    ];
    const { code, stdout, stderr } = await relais(["validate", file("a.json", { name: "A", steps })]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const place of [
      "steps[0].ai_provider",
      "steps[0].prompt",
      "steps[1].step_number",
      "steps[1].prompt",
    ]) {
      expect(stderr).toContain(`${place}: `);
    }
  });

  test("refuses a field that steps do not have", async () => {
    const exit = await relais(["validate", file("a.json", [{ ...POEM[0], colour: "red" }])]);
    expect(exit).toMatchObject({ code: 1, stdout: "" });
    expect(exit.stderr).toContain("steps[0].colour: ");
  });

  test("warns of a model that is not in the list, which is no mistake", async () => {
    const exit = await relais(["validate", file("a.json", [{ ...POEM[0], ai_provider: "openai:zzz" }])]);
    expect(exit.code).toBe(0);
    expect(exit.stderr).toContain(
      "steps[0].ai_provider: Le modèle «\u00a0openai:zzz\u00a0» n’est pas dans la liste",
    );
  });

  test("says where a list is named wrongly", async () => {
    const wrong = [{ ...POEM[0], for_each: { in: "about {topic}" } }];
    const exit = await relais(["validate", file("a.json", wrong)]);
    expect(exit.code).toBe(1);
    expect(exit.stderr).toContain("steps[0].for_each.in");
  });

  test.each([
    ["{", "Ce n’est ni du JSON ni du YAML valide"],
    ["", "Il n’y a rien à lire"],
  ])("says of %j what is wrong with it", async (content, reason) => {
    const exit = await relais(["validate", file("broken.json", content)]);
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain(reason);
  });

  test("reads YAML as well, which runs", async () => {
    const yaml = "name: Bees\nsteps:\n  - { step_number: 1, ai_provider: gpt-4, prompt: 'About {topic}' }\n";
    const bees = file("bees.yaml", yaml);
    expect((await relais(["validate", bees])).code).toBe(0);
    expect(await relais(["run", bees, "--topic", "Tea", "--rehearse", "--out", out])).toMatchObject({
      code: 0,
    });
    expect(readExecution()).toMatchObject({ title: "Bees", status: "completed", mode: "rehearsal" });
  });
});
