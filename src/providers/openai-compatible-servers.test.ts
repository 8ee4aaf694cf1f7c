import { FAKE_COMPATIBLE_KEY, startFakeOpenaiCompatible } from "../../test/support/fake-openai-compatible.ts";
import { createOpenaiCompatibleProvider } from "./openai-compatible.ts";
import { describeProvider, requestFor } from "./provider.testsuite.ts";

/** Servers that people run themselves, each with a name as it lists its models. */
const SERVERS = [
  ["ollama", "gemma3:12b"],
  ["lmstudio", "qwen/qwen3-8b"],
  ["llamacpp", "gemma-3-4b-it-Q4_K_M.gguf"],
  ["vllm", "Qwen/Qwen3-8B"],
  ["localai", "qwen3-8b"],
  ["kokoro", "kokoro"],
] as const;

for (const [id, model] of SERVERS) {
  describeProvider(id, {
    create: (outbound) => createOpenaiCompatibleProvider(outbound, id),
    startFake: startFakeOpenaiCompatible,
    basePath: "/v1",
    apiKey: FAKE_COMPATIBLE_KEY,
    requests: [requestFor(`${id}:${model}`)],
  });
}
