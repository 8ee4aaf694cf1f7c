import { describe, expect, test } from "vitest";
import type { Modality } from "./media.ts";
import { unlistedModel } from "./unlisted-model.ts";

const MODALITIES: Modality[] = ["image"];
const PROVIDERS = ["fal", "replicate", "openai", "ollama", "comfyui", "fireworks", "local"].map((id) => ({
  id,
  modalities: MODALITIES,
  unlisted: [],
}));

describe("unlistedModel", () => {
  test.each([
    "fal:fal-ai/flux/schnell",
    "replicate:owner/name:5c7d5dc6",
    "openai:ft:gpt-6-mini:acme::B1xyz",
    "openai:gpt-6.2-sol",
    "ollama:hf.co/someone/Model-GGUF:Q4_K_M",
    "ollama:qwen3:8b",
    "comfyui:SDXL\\juggernaut(v9)+vae.safetensors",
    "fireworks:accounts/me/models/x#accounts/me/deployments/y",
  ])("takes %s", (id) => {
    expect(unlistedModel(id, PROVIDERS)).toMatchObject({ id, modality: "image" });
  });

  test.each([
    "fal:x/y?fal_webhook=https://evil.example",
    "fal:../../x",
    "fal:x/./y",
    "fal:x//y",
    "fal:/x",
    "fal:x/",
    "fal:..%2f..%2fx",
    "fal://evil.example/x",
    "fal:@evil.example/x",
    "fal:x\\..\\y",
    "replicate:../deployments/acme/gpu",
    "replicate:../trainings#",
    "replicate:a/b/../../../../account#",
    "replicate:a/b#c",
    "openai:gpt 6",
    "comfyui:../../../etc/passwd",
    "comfyui:..\\..\\secret",
    "comfyui:a b.safetensors",
    "local:poem",
    "nobody:model",
    "fal:",
  ])("knows no %s", (id) => {
    expect(unlistedModel(id, PROVIDERS)).toBeUndefined();
  });
});
