import { describe, expect, test } from "vitest";
import { MODALITIES } from "../workflow/media.ts";
import type { Provider } from "./provider.ts";
import { createRegistry, PROVIDER_SETTINGS } from "./registry.ts";

const openai: Provider = {
  id: "openai",
  name: "OpenAI",
  submit: () => Promise.reject(new Error("not called here")),
};
const registry = createRegistry({
  providers: [openai],
  config: { openai: { apiKey: "sk-test", baseUrl: null }, suno: { apiKey: "key", baseUrl: null } },
});

describe("the shipped models", () => {
  test("have one entry each, of a known provider", () => {
    const ids = registry.models().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(PROVIDER_SETTINGS.map(({ id }) => id));
    expect(registry.models().filter(({ provider }) => !known.has(provider))).toEqual([]);
  });

  test("name a replacement that is alive, and a day where they are not", () => {
    const leaving = registry.models().filter(({ status }) => status !== "live");
    expect(leaving.filter(({ shutdown_date: day }) => day === null)).toEqual([]);
    const gone = leaving.filter(({ status }) => status === "shut_down");
    expect(gone.length).toBeGreaterThan(4);
    expect(gone.filter(({ replacement }) => registry.resolve(replacement ?? "")?.status !== "live")).toEqual(
      [],
    );
    const replacements = leaving.flatMap(({ replacement }) => replacement ?? []);
    expect(replacements.filter((id) => !registry.names().includes(id))).toEqual([]);
  });

  test("have defaults that fit their own ranges and choices", () => {
    const unfit = registry.models().flatMap((model) =>
      Object.entries(model.parameters).filter(([, spec]) => {
        if (spec.default === undefined) return false;
        if (spec.type === "choice") return !spec.values.includes(spec.default);
        if (spec.type === "integer" || spec.type === "number") {
          return spec.default < spec.min || spec.default > spec.max;
        }
        return false;
      }),
    );
    expect(unfit).toEqual([]);
  });

  test("offer only picture sizes that gpt-image-2 takes: multiples of 16, at most 3 to 1", () => {
    const size = registry.resolve("openai:gpt-image-2")?.parameters["size"];
    const values = size?.type === "choice" ? size.values : [];
    expect(values).toContain("1792x1024");
    const refused = values.filter((value) => {
      const [width = 0, height = 0] = value.split("x").map(Number);
      const isOffGrid = width % 16 !== 0 || height % 16 !== 0 || width * height < 655_360;
      return isOffGrid || Math.max(width, height) / Math.min(width, height) > 3;
    });
    expect(refused).toEqual([]);
  });
});

describe("the registry", () => {
  test.each([
    ["gpt-4", "openai:gpt-6.2-sol", "text"],
    ["dall-e", "openai:gpt-image-2", "image"],
    ["claude", "anthropic:claude-sonnet-5-5", "text"],
    ["midjourney", "black-forest-labs:flux-pro-1.1", "image"],
    ["runway", "runway:gen4.5", "video"],
    ["elevenlabs", "elevenlabs:eleven_multilingual_v2", "speech"],
    ["openai-tts", "openai:gpt-4o-mini-tts", "speech"],
    ["suno", "elevenlabs:music_v2", "music"],
  ])("resolves the family %s to %s, which is not shut down", (family, id, modality) => {
    const model = registry.resolve(family);
    expect(model).toMatchObject({ id, modality });
    expect(model?.status).not.toBe("shut_down");
  });

  test.each([
    ["openai:gpt-7-sol", "text"],
    ["openai:llama3.2:3b", "text"],
    ["openai:gpt-image-3", "image"],
    ["openai:kokoro", "speech"],
    ["anthropic:claude-opus-6", "text"],
    ["elevenlabs:eleven_v9", "speech"],
    ["runway:gen9", "video"],
  ])("knows what the unlisted %s makes: %s", (id, modality) => {
    expect(registry.resolve(id)).toMatchObject({ id, modality, parameters: {}, status: "live" });
  });

  test.each([
    "",
    "gpt-5",
    "GPT-4",
    "openai:",
    "openai",
    ":gpt-4",
    "nobody:model",
    "local:poem",
    "openai:gpt-realtime",
    "constructor",
  ])("does not know %j", (name) => {
    expect(registry.resolve(name)).toBeUndefined();
  });

  test("tells which settings are missing, and what is set", () => {
    expect(registry.missingSettings("openai")).toEqual([]);
    expect(registry.missingSettings("anthropic")).toEqual(["ANTHROPIC_API_KEY"]);
    expect(registry.missingSettings("suno")).toEqual(["SUNO_BASE_URL"]);
    expect(registry.missingSettings("local")).toEqual([]);
    expect(registry.config("openai")).toEqual({ apiKey: "sk-test", baseUrl: null });
    expect(registry.config("runway")).toEqual({ apiKey: null, baseUrl: null });
  });

  test("gives the provider that makes calls, and never another", () => {
    expect(registry.provider("openai")).toBe(openai);
    expect(() => registry.provider("runway")).toThrow("runway");
  });

  test("has a built-in generator for everything that a model makes, listed or not", () => {
    const listed = registry.models().flatMap(({ modality, composed }) => (composed ? [] : [modality]));
    const unlisted = registry.providers().flatMap((provider) => provider.unlisted);
    const made = new Set([...listed, ...unlisted.flatMap(({ modality }) => modality ?? [])]);
    expect(MODALITIES.filter((modality) => !made.has(modality))).toEqual(["document"]);
    for (const modality of made) expect(registry.localModel(modality).id).toBe(`local:${modality}`);
    expect(() => registry.localModel("document")).toThrow("document");
  });

  test("lists models that were found on this machine in place of examples, and knows more of those that it lists anyway", () => {
    const found = ["ollama:qwen3:8b", "ollama:mistral", "ollama:nomic-embed-text", "comfyui:own.safetensors"];
    const more = createRegistry({
      providers: [],
      config: {},
      found: found.map((id) => ({ id, takesImages: true })),
    });
    const ids = more.models().map(({ id }) => id);
    expect(ids.filter((id) => /^(?:ollama|comfyui):/.test(id)).toSorted()).toEqual([
      "comfyui:own.safetensors",
      "ollama:mistral",
      "ollama:qwen3:8b",
    ]);
    expect(more.resolve("ollama:qwen3:8b")).toEqual(registry.resolve("ollama:qwen3:8b"));
    expect(more.resolve("ollama:mistral")).toMatchObject({ modality: "text", takes: ["image"] });
    expect(more.resolve("comfyui:own.safetensors")?.parameters).toHaveProperty("negative_prompt");
    expect(more.names()).toContain("comfyui:own.safetensors");
    expect(more.resolve("ollama:gemma3:12b")).toMatchObject({ modality: "text", source: null });
    expect(ids).toContain("lmstudio:qwen/qwen3-8b");
  });

  test("refuses a provider that its data do not hold", () => {
    expect(() => createRegistry({ providers: [{ ...openai, id: "other" }], config: {} })).toThrow("other");
  });
});
