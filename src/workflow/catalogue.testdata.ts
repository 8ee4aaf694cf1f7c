import type { Medium } from "./media.ts";
import type { ModelCatalogue, ModelInfo, ParameterSpec } from "./models.ts";

const label = { fr: "Paramètre", en: "Parameter" };

const TEXT: Record<string, ParameterSpec> = {
  max_output_tokens: { type: "integer", min: 16, max: 128_000, default: 4096, label },
  temperature: { type: "number", min: 0, max: 2, label },
};
const IMAGE: Record<string, ParameterSpec> = {
  size: { type: "choice", values: ["1024x1024", "1536x1024", "1792x1024", "1344x768"], label },
  quality: { type: "choice", values: ["medium", "high"], label },
  style_note: { type: "string", max_length: 10, label },
  transparent: { type: "boolean", label },
};
const VIDEO: Record<string, ParameterSpec> = {
  duration: { type: "integer", min: 2, max: 10, default: 5, label },
  aspect_ratio: { type: "choice", values: ["16:9", "9:16"], label },
};
const VOICE: Record<string, ParameterSpec> = {
  speed: { type: "number", min: 0.7, max: 1.2, label },
};

function model(id: string, rest: Pick<ModelInfo, "modality"> & Partial<ModelInfo>): ModelInfo {
  const provider = id.slice(0, id.indexOf(":"));
  return {
    id,
    provider,
    takes: [],
    parameters: {},
    status: "live",
    shutdown_date: null,
    replacement: null,
    ...rest,
  };
}

const TITLE = { fr: "Titre", en: "Title" };
const FILES = (media: Medium[], min = 0): ParameterSpec => ({ type: "files", media, min, max: 50, label });

const MODELS = [
  model("openai:writer", { modality: "text", takes: ["image"], parameters: TEXT }),
  model("openai:painter", { modality: "image", takes: ["image"], parameters: IMAGE }),
  model("openai:speaker", {
    modality: "speech",
    status: "deprecated",
    shutdown_date: "2027-01-06",
    replacement: "elevenlabs:voice",
  }),
  model("openai:old-writer", {
    modality: "text",
    status: "shut_down",
    shutdown_date: "2026-10-01",
    replacement: "openai:writer",
  }),
  model("anthropic:writer", { modality: "text", parameters: TEXT }),
  model("flux:painter", { modality: "image", parameters: IMAGE }),
  model("runway:film", { modality: "video", takes: ["image"], parameters: VIDEO }),
  model("runway:animation", { modality: "video", takes: ["image"], requires: ["image"] }),
  model("elevenlabs:voice", { modality: "speech", parameters: VOICE }),
  model("elevenlabs:scribe", { modality: "transcript", takes: ["audio"] }),
  model("local:film", {
    modality: "video",
    takes: ["image", "audio"],
    parameters: { images: FILES(["image"], 1), sound: FILES(["audio"]), scenes: { type: "data", label } },
    composed: { prompt: TITLE },
  }),
  model("local:cut", {
    modality: "video",
    takes: ["audio", "video"],
    parameters: { media: FILES(["audio", "video"], 1) },
    composed: { prompt: TITLE, medium_of: "media" },
  }),
  model("local:pack", {
    modality: "document",
    parameters: { files: FILES(["image", "audio", "video", "document"]) },
    composed: { prompt: TITLE, needs_all: true },
  }),
];

const FAMILIES: Record<string, string> = {
  "gpt-4": "openai:writer",
  "dall-e": "openai:painter",
  claude: "anthropic:writer",
  midjourney: "flux:painter",
  runway: "runway:film",
  elevenlabs: "elevenlabs:voice",
  "openai-tts": "openai:speaker",
  film: "local:film",
  cut: "local:cut",
  pack: "local:pack",
};

const PROVIDER_NAMES: Record<string, string> = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  flux: "Flux",
  runway: "Runway",
  elevenlabs: "ElevenLabs",
  local: "Local",
};

/** A small catalogue for tests: the families of the templates, one model each, and models that go or have gone. */
export const TEST_CATALOGUE: ModelCatalogue = {
  resolve(aiProvider) {
    const id = Object.hasOwn(FAMILIES, aiProvider) ? FAMILIES[aiProvider] : aiProvider;
    const listed = MODELS.find((candidate) => candidate.id === id);
    if (listed) return listed;
    return aiProvider.startsWith("openai:") && !aiProvider.startsWith("openai:sora")
      ? model(aiProvider, { modality: "text" })
      : undefined;
  },
  family: (name) => (Object.hasOwn(FAMILIES, name) ? { label: name, standing: "usual" } : undefined),
  names: () => [...Object.keys(FAMILIES), ...MODELS.map((listed) => listed.id)],
  providerName: (id) => (Object.hasOwn(PROVIDER_NAMES, id) ? PROVIDER_NAMES[id] : undefined),
};
