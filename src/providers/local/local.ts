import { tmpdir } from "node:os";
import { ChildFailure } from "../../media/child-process.ts";
import type { Modality } from "../../workflow/media.ts";
import { ProviderFailure } from "../../workflow/ports.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "../provider.ts";
import type { LocalContext } from "./local-context.ts";

const TEXT_CHARACTERS_PER_SECOND = 1_500;

/** Each is loaded when it is first asked for, so that a server starts without them. */
type Generator = (request: ProviderRequest, context: LocalContext) => Promise<ProviderOutput>;

/**
 * The built-in generators, which stand in for paid models in a rehearsal: real files of the same kind, for $0, and each
 * says of itself that no AI model made it. The same request gives the same output.
 * @param options.workFolder where files are made; that of the system for temporary files unless given.
 * @param options.textCharactersPerSecond how fast text is "written", so that a person sees it come; `Infinity` for at once.
 */
export function createLocalProvider({
  textCharactersPerSecond = TEXT_CHARACTERS_PER_SECOND,
  workFolder = tmpdir(),
}: { textCharactersPerSecond?: number; workFolder?: string } = {}): Provider {
  const generators: Partial<Record<Modality, Generator>> = {
    text: async (request, context) =>
      (await import("./text-composer.ts")).makeText(request, context, textCharactersPerSecond),
    image: async (request, context) => (await import("./image.ts")).makeImage(request, context),
    speech: async (request, context) => (await import("./speech.ts")).makeSpeech(request, context),
    music: async (request, context) => (await import("./music.ts")).makeMusic(request, context),
    sound: async (request, context) => (await import("./music.ts")).makeMusic(request, context),
    video: async (request, context) => (await import("./video.ts")).makeVideo(request, context),
    transcript: async (request) => (await import("./transcript.ts")).makeTranscript(request),
  };
  return {
    id: "local",
    name: "Local",
    async submit(request, context) {
      const generate = generators[request.modality];
      if (generate === undefined) throw noGenerator(request.modality);
      try {
        return { state: "done", output: await generate(request, { ...context, workFolder }) };
      } catch (error) {
        throw asFailure(error, context.signal);
      }
    },
  };
}

function noGenerator(modality: Modality): ProviderFailure {
  return new ProviderFailure({
    code: "bad_request",
    billed: "no",
    detail: {
      fr: `Relais n’a pas de générateur local pour « ${modality} ». Rien n’a été facturé ; choisissez un autre modèle pour cette étape.`,
      en: `Relais has no local generator for “${modality}”. Nothing was billed; choose another model for this step.`,
    },
  });
}

/** Nothing local is ever billed, whatever goes wrong. */
function asFailure(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProviderFailure) return error;
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
    return new ProviderFailure({
      code: isTimeout ? "timeout" : "cancelled",
      billed: "no",
      detail: isTimeout
        ? {
            fr: "Le générateur local n’a pas fini à temps. Rien n’a été facturé ; augmentez le délai de cette étape ou demandez moins long.",
            en: "The local generator did not finish in time. Nothing was billed; give this step more time or ask for something shorter.",
          }
        : {
            fr: "Le générateur local a été arrêté. Rien n’a été facturé.",
            en: "The local generator was stopped. Nothing was billed.",
          },
      cause: error,
    });
  }
  if (!(error instanceof ChildFailure)) return error;
  return new ProviderFailure({
    code: "unavailable",
    billed: "no",
    detail: {
      fr: `Le générateur local s’est arrêté avant la fin (${error.message.slice(0, 300)}). Rien n’a été facturé ; relancez cette étape.`,
      en: `The local generator stopped before it had finished (${error.message.slice(0, 300)}). Nothing was billed; run this step again.`,
    },
    cause: error,
  });
}
