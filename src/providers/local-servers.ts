import { z } from "zod";
import { createOutbound, type Outbound } from "../net/outbound.ts";

/** A model that a server on this machine says it has. */
export interface FoundModel {
  /** `provider:model`. */
  id: string;
  takesImages: boolean;
}

/** A server that answered on this machine as the one it was taken for. */
interface LocalServer {
  /** The provider's id. */
  provider: string;
  baseUrl: string;
  models: FoundModel[];
}

/** How long all questions to one server may take together. */
const TIMEOUT_MS = 300;
/** More than the longest list of models. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_MODELS = 500;
/** Names with spaces cannot stand in `provider:model`. */
const USABLE_NAME = /^\S{1,200}$/;

type Ask = (path: string) => Promise<unknown>;
type Named = { name: string; takesImages?: boolean };

/** What tells a server from all others: its own answer, read by its own shape. */
interface Likeness {
  provider: string;
  /** Where it listens unless told otherwise. */
  port: number;
  /** Asks for its models. @throws where something else answers, or nothing. */
  look(ask: Ask): Promise<Named[]>;
}

const version = z.object({ version: z.string() });

const ollamaTags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      /** Set where the model runs in Ollama's cloud. */
      remote_host: z.string().optional(),
      capabilities: z.array(z.string()).optional(),
      details: z.object({ families: z.array(z.string()).nullish() }).optional(),
    }),
  ),
});

const lmStudioV1 = z.object({
  models: z.array(
    z.object({
      key: z.string(),
      type: z.string(),
      capabilities: z.object({ vision: z.boolean().optional() }).optional(),
    }),
  ),
});
const lmStudioV0 = z.object({ data: z.array(z.object({ id: z.string(), type: z.string() })) });

const openaiModels = z.object({ data: z.array(z.object({ id: z.string() })) });
const ownedBy = <Owner extends string>(owner: Owner) =>
  z.object({ data: z.array(z.object({ id: z.string(), owned_by: z.literal(owner) })).min(1) });
const llamaModels = ownedBy("llamacpp").extend({
  models: z.array(z.object({ model: z.string(), capabilities: z.array(z.string()) })).optional(),
});

/** Each by what only that server answers; sources are the servers' own documentation and code. */
const LIKENESSES: readonly Likeness[] = [
  {
    provider: "ollama",
    port: 11_434,
    async look(ask) {
      const [, { models }] = await Promise.all([
        ask("/api/version").then((answer) => version.parse(answer)),
        ask("/api/tags").then((answer) => ollamaTags.parse(answer)),
      ]);
      // A model of the cloud under a name that does not say so would be taken for one that costs nothing.
      const honest = models.filter(({ name, remote_host: host }) => !host || isCloudModel(name));
      return honest.map(({ name, capabilities, details }) => ({
        name,
        takesImages:
          capabilities?.includes("vision") ??
          details?.families?.some((family) => /clip|mllama/.test(family)) ??
          false,
      }));
    },
  },
  {
    provider: "lmstudio",
    port: 1_234,
    look: (ask) =>
      Promise.any([
        ask("/api/v1/models").then((answer) =>
          lmStudioV1
            .parse(answer)
            .models.filter(({ type }) => type === "llm")
            .map(({ key, capabilities }) => ({ name: key, takesImages: capabilities?.vision === true })),
        ),
        ask("/api/v0/models").then((answer) =>
          lmStudioV0
            .parse(answer)
            .data.filter(({ type }) => type === "llm" || type === "vlm")
            .map(({ id, type }) => ({ name: id, takesImages: type === "vlm" })),
        ),
      ]),
  },
  {
    provider: "llamacpp",
    port: 8_080,
    async look(ask) {
      const { data, models = [] } = llamaModels.parse(await ask("/v1/models"));
      const seeing = models.filter(({ capabilities }) => capabilities.includes("multimodal"));
      return data.map(({ id }) => ({ name: id, takesImages: seeing.some(({ model }) => model === id) }));
    },
  },
  {
    provider: "localai",
    port: 8_080,
    async look(ask) {
      const [, { data }] = await Promise.all([
        // Newer versions describe themselves; older ones list their backends.
        Promise.any([
          ask("/.well-known/localai.json").then((answer) =>
            version.extend({ endpoints: z.record(z.string(), z.unknown()) }).parse(answer),
          ),
          ask("/system").then((answer) => z.object({ backends: z.array(z.string()) }).parse(answer)),
        ]),
        ask("/v1/models").then((answer) => openaiModels.parse(answer)),
      ]);
      return data.map(({ id }) => ({ name: id }));
    },
  },
  {
    provider: "vllm",
    port: 8_000,
    async look(ask) {
      const { data } = ownedBy("vllm").parse(await ask("/v1/models"));
      return data.map(({ id }) => ({ name: id }));
    },
  },
  {
    provider: "kokoro",
    port: 8_880,
    async look(ask) {
      const { data } = openaiModels.parse(await ask("/v1/models"));
      // The other names stand for the same model, so that clients of OpenAI find one they know.
      const kokoro = data.filter(({ id }) => id === "kokoro");
      if (kokoro.length === 0) throw new Error("not Kokoro");
      return kokoro.map(({ id }) => ({ name: id }));
    },
  },
  {
    provider: "comfyui",
    port: 8_188,
    async look(ask) {
      const [, checkpoints] = await Promise.all([
        ask("/system_stats").then((answer) =>
          z.object({ system: z.object({ comfyui_version: z.string() }) }).parse(answer),
        ),
        ask("/models/checkpoints").then((answer) => z.array(z.string()).parse(answer)),
      ]);
      return checkpoints.map((name) => ({ name }));
    },
  },
  {
    provider: "automatic1111",
    port: 7_860,
    async look(ask) {
      const models = z
        .array(z.object({ title: z.string(), model_name: z.string() }))
        .parse(await ask("/sdapi/v1/sd-models"));
      return models.map(({ model_name: name }) => ({ name, takesImages: true }));
    },
  },
];

/** Whether Ollama hands a model of this name on to its paid cloud. Source: https://docs.ollama.com/cloud. */
export function isCloudModel(name: string): boolean {
  return /[:-]cloud$/.test(name);
}

/**
 * Looks at the usual ports of this machine for servers of models, all at once, without any key and without following
 * redirects. What answers late, otherwise than that server does, or not at all is left out; nothing is thrown.
 * @param options.skip ids of providers that are not looked for: their address is known.
 * @param options.ownPort where Relais itself listens, which is never asked.
 * @param options.ports other ports than the usual ones, by provider.
 */
export async function findLocalServers(options: {
  skip: readonly string[];
  ownPort: number;
  ports?: Readonly<Record<string, number>>;
}): Promise<LocalServer[]> {
  const { skip, ownPort, ports = {} } = options;
  const wanted = LIKENESSES.map((likeness) => ({
    likeness,
    port: ports[likeness.provider] ?? likeness.port,
  })).filter(({ likeness, port }) => !skip.includes(likeness.provider) && port !== ownPort);
  // The client's library is loaded on its first use, which may take longer than a server has to answer.
  await import("undici");
  const trustedOrigins = wanted.map(({ port }) => addressOf(port));
  const outbound = createOutbound({ trustedOrigins, maxRedirects: 0 });
  try {
    const found = await Promise.all(wanted.map(({ likeness, port }) => lookAt(likeness, port, outbound)));
    return found.filter((server) => server !== null);
  } finally {
    await outbound.close();
  }
}

async function lookAt(likeness: Likeness, port: number, outbound: Outbound): Promise<LocalServer | null> {
  const { provider } = likeness;
  const baseUrl = addressOf(port);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const ask: Ask = async (path) => {
    const { bytes } = await outbound.download(baseUrl + path, { maxBytes: MAX_BYTES, signal });
    return JSON.parse(Buffer.from(bytes).toString());
  };
  try {
    const named = await likeness.look(ask);
    const models = named
      .filter(({ name }) => USABLE_NAME.test(name))
      .slice(0, MAX_MODELS)
      .map(({ name, takesImages = false }) => ({ id: `${provider}:${name}`, takesImages }));
    return { provider, baseUrl, models };
  } catch {
    return null;
  }
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
