import { describe, expect, test } from "vitest";
import { providerFacts } from "./catalogue-data.ts";
import { costsNothing } from "./own-machine.ts";

function isFree(modelId: string, baseUrl: string | null): boolean {
  const provider = providerFacts(modelId.slice(0, modelId.indexOf(":")));
  return costsNothing(modelId, provider, { apiKey: null, baseUrl });
}

describe("what costs nothing", () => {
  test.each<[string, string | null]>([
    ["local:text", null],
    ["ollama:llama3.2", "http://127.0.0.1:11434"],
    ["ollama:llama3.2", "http://ollama:11434/v1"],
    ["lmstudio:qwen/qwen3-8b", "http://localhost:1234/v1"],
    ["llamacpp:gemma", "http://host.docker.internal:8080"],
    ["vllm:Qwen/Qwen3-8B", "http://192.168.1.20:8000/v1"],
    ["localai:gpt-4", "http://studio.local:8080"],
    ["kokoro:kokoro", "http://[::1]:8880"],
    ["comfyui:sd_xl_base_1.0.safetensors", "http://10.0.0.7:8188"],
    ["automatic1111:sd_xl_base_1.0", "http://172.20.0.3:7860"],
    ["vllm:nobody-cloud", "http://127.0.0.1:8000"],
  ])("is %s at %s", (modelId, baseUrl) => {
    expect(isFree(modelId, baseUrl)).toBe(true);
  });

  test.each<[string, string | null]>([
    // Nobody knows where it would run.
    ["ollama:llama3.2", null],
    ["ollama:llama3.2", "https://ollama.com"],
    ["ollama:gpt-oss:120b-cloud", "http://127.0.0.1:11434"],
    ["ollama:glm-4.6:cloud", "http://127.0.0.1:11434"],
    ["vllm:Qwen/Qwen3-8B", "https://abc123-8000.proxy.example.net"],
    ["comfyui:sd_xl_base_1.0.safetensors", "https://cloud.comfy.org/api"],
    ["openai-compatible:gpt-5", "http://127.0.0.1:4000"],
    ["openai:gpt-image-2", "http://127.0.0.1:4000/v1"],
    ["suno:gateway", "http://127.0.0.1:3000"],
  ])("is not %s at %s", (modelId, baseUrl) => {
    expect(isFree(modelId, baseUrl)).toBe(false);
  });
});
