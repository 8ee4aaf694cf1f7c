import { afterEach, describe, expect, test } from "vitest";
import {
  LOCAL_SERVERS,
  startFakeLocalServer,
  type Answers,
  type FakeLocalServer,
} from "../../test/support/fake-local-servers.ts";
import { findLocalServers } from "./local-servers.ts";

const PROVIDERS = [
  "ollama",
  "lmstudio",
  "llamacpp",
  "localai",
  "vllm",
  "kokoro",
  "comfyui",
  "automatic1111",
] as const;

const started: FakeLocalServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

async function start(answers: Answers): Promise<FakeLocalServer> {
  const server = await startFakeLocalServer(answers);
  started.push(server);
  return server;
}

/** Looks for all servers, or for some, on one port. */
function findAt({ port }: FakeLocalServer, providers: readonly string[] = PROVIDERS, ownPort = 0) {
  return findLocalServers({
    skip: PROVIDERS.filter((id) => !providers.includes(id)),
    ownPort,
    ports: Object.fromEntries(PROVIDERS.map((id) => [id, port])),
  });
}

describe("finding servers on this machine", () => {
  test.each<[keyof typeof LOCAL_SERVERS, string, [string, boolean][]]>([
    [
      "ollama",
      "ollama",
      [
        ["llama3.2:3b", false],
        ["gemma3:12b", true],
        ["nomic-embed-text:latest", false],
        ["gpt-oss:120b-cloud", false],
      ],
    ],
    [
      "lmstudio",
      "lmstudio",
      [
        ["qwen2-vl-7b-instruct", true],
        ["meta-llama-3.1-8b-instruct", false],
      ],
    ],
    [
      "lmstudioNew",
      "lmstudio",
      [
        ["google/gemma-3-12b", true],
        ["openai/gpt-oss-20b", false],
      ],
    ],
    ["llamacpp", "llamacpp", [["gemma-3-4b-it-Q4_K_M.gguf", true]]],
    [
      "localai",
      "localai",
      [
        ["qwen3-8b", false],
        ["whisper-1", false],
      ],
    ],
    ["localaiOld", "localai", [["gpt-4", false]]],
    ["vllm", "vllm", [["Qwen/Qwen3-8B", false]]],
    ["kokoro", "kokoro", [["kokoro", false]]],
    [
      "comfyui",
      "comfyui",
      [
        ["sd_xl_base_1.0.safetensors", false],
        ["flux1-schnell-fp8.safetensors", false],
      ],
    ],
    ["automatic1111", "automatic1111", [["sd_xl_base_1.0", true]]],
  ])(
    "takes %s for what it is and for nothing else, and lists its models",
    async (answers, provider, models) => {
      const server = await start(LOCAL_SERVERS[answers]);
      expect(await findAt(server)).toEqual([
        {
          provider,
          baseUrl: `http://127.0.0.1:${server.port}`,
          models: models.map(([name, takesImages]) => ({ id: `${provider}:${name}`, takesImages })),
        },
      ]);
    },
  );

  test("finds several, each at its port", async () => {
    const [ollama, comfyui] = [await start(LOCAL_SERVERS.ollama), await start(LOCAL_SERVERS.comfyui)];
    const servers = await findLocalServers({
      skip: PROVIDERS.filter((id) => id !== "ollama" && id !== "comfyui"),
      ownPort: 0,
      ports: { ollama: ollama.port, comfyui: comfyui.port },
    });
    expect(servers.map(({ provider }) => provider)).toEqual(["ollama", "comfyui"]);
  });

  test("only reads, and gives no key away", async () => {
    const server = await start({});
    expect(await findAt(server)).toEqual([]);
    expect(server.asked.length).toBeGreaterThan(PROVIDERS.length);
    expect(server.asked.every(({ method }) => method === "GET")).toBe(true);
    const headers = new Set(server.asked.flatMap((request) => request.headers));
    for (const name of ["authorization", "x-api-key", "cookie"]) expect(headers).not.toContain(name);
  });

  test("never asks the port that Relais itself listens on", async () => {
    const server = await start(LOCAL_SERVERS.vllm);
    expect(await findAt(server, PROVIDERS, server.port)).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  test("does not look for a server whose address is known", async () => {
    const server = await start(LOCAL_SERVERS.ollama);
    expect(await findAt(server, [])).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  test("does not wait for one that does not answer", async () => {
    const server = await start({ ...LOCAL_SERVERS.ollama, "/api/tags": "hang" });
    const startedAt = performance.now();
    expect(await findAt(server, ["ollama"])).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(server.asked).toHaveLength(2);
  });

  test("finds nothing where nothing listens", async () => {
    const server = await startFakeLocalServer({});
    await server.stop();
    expect(await findAt(server)).toEqual([]);
  });

  test("does not go where it is sent", async () => {
    const other = await start(LOCAL_SERVERS.vllm);
    const server = await start({ "/v1/models": `redirect:http://127.0.0.1:${other.port}/v1/models` });
    expect(await findAt(server, ["vllm"])).toEqual([]);
    expect(server.asked).toHaveLength(1);
    expect(other.asked).toEqual([]);
  });
});
