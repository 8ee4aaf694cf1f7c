import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readSettings } from "../src/cli/config.ts";
import { listModels } from "../src/cli/models.ts";
import type { LocalText } from "../src/errors.ts";
import { FAKE_LIST_KEY, startFakeModelLists } from "./support/fake-model-lists.ts";
import { LOCAL_SERVERS } from "./support/fake-local-servers.ts";
import { startFakeOpenaiCompatible } from "./support/fake-openai-compatible.ts";
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
  vi.useRealTimers();
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
    expect(stdout).toContain("! openai:gpt-6.2-sol is shut down on March 1, 2027");
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
    expect(stderr).toBe("OpenAI n’a pas pu être interrogé : il refuse la clé. Vérifiez OPENAI_API_KEY.\n");
    expect(stdout + stderr).not.toContain("sk-wrong");
  });

  test.each([
    ["/website", "OpenAI could not be asked: its answer holds no list of models."],
    ["/nowhere", "OpenAI could not be asked: its answer holds no list of models."],
    ["/broken", "OpenAI could not be asked: it is out of reach or out of order."],
  ])(
    "says plainly why %s gave no list, without a word of money or steps, and asks the others",
    async (place, why) => {
      const env = { ...vendor("OPENAI", place), ...vendor("ANTHROPIC", "/anthropic") };
      const { code, stdout, stderr } = await relais(["models", "--check", "--lang", "en"], env);
      expect(code).toBe(1);
      expect(stderr).toContain(why);
      expect(stderr).not.toMatch(/billed|step|It says|JSON|token/);
      expect(stdout).toContain("+ anthropic:claude-opus-9");
      expect(stdout).not.toContain("openai:");
    },
  );

  test("names the vendors whose key is set and who have no list", async () => {
    const { code, stdout } = await relais(["models", "--check", "--lang", "en"], {
      BFL_API_KEY: FAKE_LIST_KEY,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Black Forest Labs: has no list, not asked.\n" });
  });

  test("takes no model for gone of which the list does not speak", async () => {
    const env = { ...vendor("ELEVENLABS", "/elevenlabs"), ...vendor("DEEPGRAM", "/deepgram") };
    const { stdout } = await relais(["models", "--check", "--lang", "en"], env);
    expect(stdout).toContain("- elevenlabs:eleven_v3 is no longer served");
    expect(stdout).not.toMatch(/- elevenlabs:(music|scribe|eleven_text_to_sound)/);
    expect(stdout).not.toMatch(/- deepgram:/);
  });
});

describe("relais models", () => {
  test.each([
    ["en", "gone since October 23, 2026", "was to be gone on October 22, 2026", "until February 26, 2027"],
    ["fr", "fermé depuis le 23 octobre 2026", "devait fermer le 22 octobre 2026", "jusqu’au 26 février 2027"],
  ])("writes days out in %s, and says which were to be the last", async (language, gone, past, until) => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T10:00:00Z"), toFake: ["Date"] });
    const lines = await linesOf(language === "fr" ? "fr" : "en", {});
    expect(lineOf(lines, "openai:gpt-4")).toContain(gone);
    expect(lineOf(lines, "google:veo-3.1-generate-preview")).toContain(past);
    expect(lineOf(lines, "openai:whisper-1")).toContain(until);
    expect(lineOf(lines, "openai:gpt-image-2")).toMatch(/image$/);
  });

  test("lists those of a server on this machine in place of the examples, where that is set", async () => {
    const server = await startFakeOpenaiCompatible({ apiKey: null, lists: LOCAL_SERVERS.ollama });
    try {
      const ports = { ollama: Number(new URL(server.url).port) };
      // On a busy machine even a server of its own may answer too late.
      const found = await vi.waitFor(
        async () => {
          const lines = await linesOf("en", { RELAIS_LOCAL_DISCOVERY: "1" }, ports);
          expect(lineOf(lines, "ollama:llama3.2:3b")).toMatch(/text$/);
          return lines;
        },
        { timeout: 20_000 },
      );
      expect(found.filter((line) => line.startsWith("ollama:qwen3:8b "))).toEqual([]);
      server.calls.length = 0;
      const shipped = await linesOf("en", {}, ports);
      expect(lineOf(shipped, "ollama:qwen3:8b")).toMatch(/text$/);
      expect(server.calls).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

/** What the command prints, run in this process so that the day and the ports can be given. */
async function linesOf(
  language: "fr" | "en",
  environment: Record<string, string>,
  ollama: { ollama?: number } = {},
): Promise<string[]> {
  const closed = ["lmstudio", "llamacpp", "localai", "vllm", "kokoro", "comfyui", "automatic1111"];
  const printed: string[] = [];
  const say = (text: LocalText | string): void => {
    printed.push(typeof text === "string" ? text : text[language]);
  };
  const settings = readSettings({ RELAIS_LOG_LEVEL: "silent", ...environment });
  const ports = { ...Object.fromEntries(closed.map((id) => [id, 1])), ...ollama };
  await listModels(settings, { language, print: say, note: say }, ports);
  return printed.join("\n").split("\n");
}

function lineOf(lines: string[], id: string): string {
  return lines.find((line) => line.startsWith(`${id} `)) ?? "";
}

describe("relais providers", () => {
  test("lists all of them with what is set and what is missing", async () => {
    const { code, stdout } = await relais(["providers", "--lang", "en"], {
      ...vendor("OPENAI", "/openai"),
      OLLAMA_BASE_URL: lists.url,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^openai +OpenAI +.*key set$/m);
    expect(stdout).toMatch(/^anthropic +Anthropic +.*needs ANTHROPIC_API_KEY$/m);
    expect(stdout).toMatch(/^midjourney +Midjourney \* +.*needs MIDJOURNEY_BASE_URL$/m);
    expect(stdout).toMatch(/^ollama +Ollama +.*address set$/m);
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
