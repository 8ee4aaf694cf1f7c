import { createServer, type Server } from "node:http";
import { listenOnLoopback } from "./listen.ts";

/** What a server answers by path: JSON, or a function that answers by itself. All else is 404. */
export type Answers = Record<string, unknown>;

/** Answers with which servers of models are told apart, in the shapes of their documentation and code. */
export const LOCAL_SERVERS = {
  ollama: {
    "/api/version": { version: "0.30.1" },
    "/api/tags": {
      models: [
        { name: "llama3.2:3b", model: "llama3.2:3b", size: 2_019_393_189, details: { families: ["llama"] } },
        { name: "gemma3:12b", model: "gemma3:12b", capabilities: ["completion", "vision"] },
        { name: "nomic-embed-text:latest", model: "nomic-embed-text:latest", details: { families: null } },
        { name: "gpt-oss:120b-cloud", model: "gpt-oss:120b-cloud", remote_host: "https://ollama.com:443" },
        { name: "mine", model: "mine", remote_host: "https://ollama.com:443" },
      ],
    },
  },
  lmstudio: {
    "/api/v0/models": {
      object: "list",
      data: [
        { id: "qwen2-vl-7b-instruct", object: "model", type: "vlm", state: "not-loaded" },
        { id: "meta-llama-3.1-8b-instruct", object: "model", type: "llm", state: "loaded" },
        { id: "text-embedding-nomic-embed-text-v1.5", object: "model", type: "embeddings" },
      ],
    },
  },
  lmstudioNew: {
    "/api/v1/models": {
      models: [
        { type: "llm", key: "google/gemma-3-12b", loaded_instances: [], capabilities: { vision: true } },
        { type: "llm", key: "openai/gpt-oss-20b", loaded_instances: [], capabilities: { vision: false } },
        { type: "embedding", key: "text-embedding-nomic", loaded_instances: [] },
      ],
    },
  },
  llamacpp: {
    "/v1/models": {
      object: "list",
      data: [{ id: "gemma-3-4b-it-Q4_K_M.gguf", object: "model", owned_by: "llamacpp" }],
      models: [
        { model: "gemma-3-4b-it-Q4_K_M.gguf", capabilities: ["completion", "multimodal"], type: "model" },
      ],
    },
  },
  localai: {
    "/.well-known/localai.json": { version: "v4.9.0", endpoints: { models: "/v1/models" } },
    "/v1/models": {
      object: "list",
      data: [
        { id: "qwen3-8b", object: "model" },
        { id: "whisper-1", object: "model" },
        { id: "my model", object: "model" },
      ],
    },
  },
  localaiOld: {
    "/system": { backends: ["llama-cpp", "whisper"], loaded_models: [] },
    "/v1/models": { object: "list", data: [{ id: "gpt-4", object: "model" }] },
  },
  vllm: {
    "/v1/models": {
      object: "list",
      data: [{ id: "Qwen/Qwen3-8B", object: "model", owned_by: "vllm", max_model_len: 40_960 }],
    },
  },
  kokoro: {
    "/v1/models": {
      object: "list",
      data: [
        { id: "tts-1", object: "model", owned_by: "kokoro" },
        { id: "tts-1-hd", object: "model", owned_by: "kokoro" },
        { id: "kokoro", object: "model", owned_by: "kokoro" },
      ],
    },
  },
  comfyui: {
    "/system_stats": { system: { os: "posix", comfyui_version: "0.9.2" }, devices: [] },
    "/models/checkpoints": ["sd_xl_base_1.0.safetensors", "flux1-schnell-fp8.safetensors"],
  },
  automatic1111: {
    "/sdapi/v1/sd-models": [
      {
        title: "sd_xl_base_1.0.safetensors [31e35c80fc]",
        model_name: "sd_xl_base_1.0",
        filename: "/models/sd_xl_base_1.0.safetensors",
      },
    ],
  },
} satisfies Record<string, Answers>;

export interface FakeLocalServer {
  port: number;
  /** Method, path and the names of headers of every request. */
  asked: { method: string; path: string; headers: string[] }[];
  stop(): Promise<void>;
}

/** A server on this machine. A path whose answer is `redirect:ADDRESS` leads there; `hang` is never answered. */
export async function startFakeLocalServer(answers: Answers): Promise<FakeLocalServer> {
  const asked: FakeLocalServer["asked"] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push({ method: request.method ?? "", path, headers: Object.keys(request.headers) });
    const answer = answers[path];
    if (answer === "hang") return;
    if (typeof answer === "string" && answer.startsWith("redirect:")) {
      response.writeHead(302, { location: answer.slice("redirect:".length) }).end();
    } else if (answer === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    }
  });
  const url = await listenOnLoopback(server);
  return {
    port: Number(new URL(url).port),
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
