import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { runCommand, startRelais, type Exit } from "./support/relais-process.ts";

const POEM = [{ step_number: 1, name: "poem", ai_provider: "gpt-4", prompt: "Écris un poème sur {topic}" }];

let folder: string;
let vendor: FakeServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-caps-"));
  vendor = await startFakeOpenai({ scenario: "success" });
  writeFileSync(path.join(folder, "poem.json"), JSON.stringify(POEM));
});
afterEach(async () => {
  await vendor.stop();
  rmSync(folder, { recursive: true });
});

function relais(args: string[], env: Record<string, string> = {}): Promise<Exit> {
  const dataFolder = path.join(folder, "data");
  return runCommand(args, { dataFolder, cwd: folder, env: { ...keys(), ...env } });
}

const keys = () => ({ OPENAI_API_KEY: FAKE_OPENAI_KEY, OPENAI_BASE_URL: `${vendor.url}/v1` });

describe("relais caps", () => {
  test("sets and shows caps, which hold a run until a server finds that it fits", async () => {
    const set = await relais(["caps", "set", "--day", "0.0001", "--month", "50", "--lang", "en"]);
    expect(set).toMatchObject({ code: 0 });
    expect(set.stdout).toMatch(/all runs +day \d{4}-\d\d-\d\d +\$0\.0001 +\$0 +\$0 +\$0\.0001/);
    expect(set.stdout).toMatch(/all runs +month \d{4}-\d\d +\$50\.00/);
    expect(set.stdout).toMatch(/all runs +in all +none/);

    const run = await relais(["run", "poem.json", "--topic", "Tea", "--out", "out", "--lang", "en"]);
    expect(run.code).toBe(3);
    const [command = ""] = /relais caps set --day \d\S*/.exec(run.stdout) ?? [];
    expect(run.stdout).toContain("goes on by itself");
    expect(vendor.calls).toHaveLength(0);

    // The line works as it is, and the next server lets the run go on unasked.
    expect((await relais(command.split(" ").slice(1))).code).toBe(0);
    expect(vendor.calls).toHaveLength(0);
    const server = await startRelais({ dataFolder: path.join(folder, "data"), env: keys() });
    const events = await fetch(`${server.url}/api/combinations/executions/1/events`);
    expect(await events.text()).toContain('"status":"completed"');
    await server.stop();
    expect(vendor.calls).toHaveLength(1);
  });

  test("marks what the environment gives, and takes caps off", async () => {
    const shown = await relais(["caps"], { RELAIS_DAY_CAP_USD: "3" });
    expect(shown.stdout).toMatch(/jour \d{4}-\d\d-\d\d +3,00\u202f\$ \*/);
    expect(shown.stdout).toContain("donné par l’environnement");
    await relais(["caps", "set", "--total", "9", "--for", "creation-contenu"]);
    expect((await relais(["caps"])).stdout).toMatch(
      /Création de Contenu \(template:creation-contenu\) +en tout +9,00/,
    );
    await relais(["caps", "set", "--total", "none", "--for", "creation-contenu"]);
    expect((await relais(["caps"])).stdout).not.toContain("Création de Contenu");
  });

  test("says what is missing or wrong, and then changes nothing", async () => {
    const nothing = await relais(["caps", "set"]);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain("relais caps set --day 5");
    expect(await relais(["caps", "set", "--day", "five"])).toMatchObject({ code: 2 });
    expect((await relais(["caps", "set", "--day", "1", "--for", "12"])).code).toBe(2);
    expect((await relais(["caps", "--lang", "en"])).stdout).toMatch(/day \d{4}-\d\d-\d\d +none/);
  });
});
