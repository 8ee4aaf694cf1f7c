import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionSchema } from "../src/http/schemas.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { runCommand, type Exit } from "./support/relais-process.ts";

const STEPS = [
  { step_number: 1, name: "poem", ai_provider: "gpt-4", prompt: "Un poème sur {topic}" },
  { step_number: 2, name: "title", ai_provider: "gpt-4", prompt: "Un titre pour {poem}" },
];

let folder: string;
let vendor: FakeServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-rerun-"));
  vendor = await startFakeOpenai({ text: "Les mots" });
  writeFileSync(path.join(folder, "poem.json"), JSON.stringify({ name: "Poème", steps: STEPS }));
});

afterEach(async () => {
  await vendor.stop();
  rmSync(folder, { recursive: true });
});

function relais(...args: string[]): Promise<Exit> {
  const env = { OPENAI_API_KEY: FAKE_OPENAI_KEY, OPENAI_BASE_URL: `${vendor.url}/v1` };
  return runCommand(args, { dataFolder: path.join(folder, "data"), env, cwd: folder });
}

function written(name: string) {
  const place = path.join(folder, name, "execution.json");
  return executionSchema.parse(JSON.parse(readFileSync(place, "utf8")));
}

describe("relais rerun", () => {
  test("says what it keeps and costs, then buys only that", async () => {
    await relais("run", "poem.json", "--topic", "la mer");
    expect(vendor.calls).toHaveLength(2);
    const dry = await relais("rerun", "1", "--from", "2", "--dry-run", "--lang", "en");
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain("Step 1 poem: reused");
    expect(dry.stdout).toMatch(/Reused: 1, \$0 \(had cost \$[\d.]+\); to make: 1, ≈ \$[\d.]+\./);
    expect(vendor.calls).toHaveLength(2);
    const exit = await relais("rerun", "1", "--from", "2", "--out", "second", "--lang", "en");
    expect(exit.code).toBe(0);
    expect(vendor.calls).toHaveLength(3);
    expect(written("second")).toMatchObject({ id: 2, rerun_of: 1, rerun_from_step: 2, status: "completed" });
  });

  test("takes identical results where asked, from run too", async () => {
    await relais("run", "poem.json", "--topic", "la mer");
    await relais("run", "poem.json", "--topic", "la mer", "--reuse", "--out", "again");
    expect(vendor.calls).toHaveLength(2);
    expect(written("again").results.map(({ performed_by }) => performed_by)).toEqual(["cache", "cache"]);
  });

  test("refuses what is no execution, and where there is nothing to make", async () => {
    const wrong = await relais("rerun", "poem");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("l’argument execution n’accepte pas « poem ». Il faut le numéro");
    expect((await relais("decide", "poem", "retry", "--lang", "en")).stderr).toContain("It takes a number");
    expect((await relais("rerun", "1", "--from", "x")).code).toBe(2);
    expect((await relais("rerun", "7", "--from", "1")).code).toBe(2);
    await relais("run", "poem.json", "--topic", "la mer");
    const exit = await relais("rerun", "1");
    expect(exit.code).toBe(2);
    expect(vendor.calls).toHaveLength(2);
  });
});
