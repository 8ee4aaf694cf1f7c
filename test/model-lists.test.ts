import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_LIST_KEY, startFakeModelLists } from "./support/fake-model-lists.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { runCommand, type Exit } from "./support/relais-process.ts";

let folder: string;
let lists: FakeServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-models-"));
  lists = await startFakeModelLists();
});

afterEach(async () => {
  await lists.stop();
  rmSync(folder, { recursive: true });
});

function relais(args: string[], env: Record<string, string> = {}): Promise<Exit> {
  return runCommand(args, { dataFolder: path.join(folder, "data"), env, cwd: folder });
}

/** A key, and the address of the fake in place of the vendor's. */
function vendor(name: string, place: string, key = FAKE_LIST_KEY): Record<string, string> {
  return { [`${name}_API_KEY`]: key, [`${name}_BASE_URL`]: `${lists.url}${place}` };
}

describe("relais models --check", () => {
  test("asks nobody where no key is set", async () => {
    const { code, stdout } = await relais(["models", "--check", "--lang", "en"]);
    expect(code).toBe(0);
    expect(stdout).toContain("No key is set: no provider was asked.");
  });

  test("asks those whose key is set for what they serve, and says what has changed", async () => {
    const env = { ...vendor("OPENAI", "/openai"), ...vendor("ANTHROPIC", "/anthropic") };
    const { code, stdout } = await relais(["models", "--check", "--lang", "en"], env);
    expect(code).toBe(0);
    expect(stdout).toContain("+ openai:gpt-9-nova");
    expect(stdout).toContain("! openai:gpt-6.2-sol is shut down on 2027-03-01");
    expect(stdout).toContain("- openai:gpt-6.1-sol is no longer served");
    expect(stdout).not.toContain("embedding");
    expect(stdout).toContain("+ anthropic:claude-opus-9");
    expect(lists.calls).toHaveLength(2);
    expect(lists.paidCalls).toBe(0);
  });

  test.each([
    ["GEMINI", "GOOGLE", "/google", "google:gemini-9-flash"],
    ["COHERE", "COHERE", "/cohere/v2", "cohere:command-z"],
    ["TOGETHER", "TOGETHER", "/together", "together:example/new-chat"],
    ["ELEVENLABS", "ELEVENLABS", "/elevenlabs", "elevenlabs:eleven_v9"],
    ["DEEPGRAM", "DEEPGRAM", "/deepgram", "deepgram:aura-9-thalia-en"],
  ])("reads the list of %s", async (keyName, addressName, place, id) => {
    const env = { [`${keyName}_API_KEY`]: FAKE_LIST_KEY, [`${addressName}_BASE_URL`]: lists.url + place };
    const { code, stdout } = await relais(["models", "--check", "--lang", "en"], env);
    expect(stdout).toContain(`+ ${id}`);
    expect(code).toBe(0);
  });

  test("says in French that a key is wrong, without showing it, and fails", async () => {
    const env = vendor("OPENAI", "/openai", "sk-wrong-0123456789");
    const { code, stdout, stderr } = await relais(["models", "--check", "--lang", "fr"], env);
    expect(code).toBe(1);
    expect(stderr).toContain("OpenAI refuse la clé.");
    expect(stdout + stderr).not.toContain("sk-wrong");
  });
});

describe("relais providers", () => {
  test("lists all of them with what is set and what is missing", async () => {
    const { code, stdout } = await relais(["providers", "--lang", "en"], vendor("OPENAI", "/openai"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^openai +OpenAI +.*key set$/m);
    expect(stdout).toMatch(/^anthropic +Anthropic +.*needs ANTHROPIC_API_KEY$/m);
    expect(stdout).toMatch(/^midjourney +Midjourney \* +.*needs MIDJOURNEY_BASE_URL$/m);
    expect(stdout).toContain("Unofficial (*): may breach the vendor’s terms.");
    expect(stdout).toMatch(/^suno +elevenlabs:music_v2$/m);
    expect(stdout).not.toContain(FAKE_LIST_KEY);
    expect(lists.calls).toEqual([]);
  });

  test("speaks French", async () => {
    const { stdout } = await relais(["providers", "--lang", "fr"]);
    expect(stdout).toMatch(/^openai +OpenAI +.*il manque OPENAI_API_KEY$/m);
  });
});
