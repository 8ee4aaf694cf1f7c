import { costOfUncountedText, worstCase, type CostedCall } from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import type { ProviderContext, ProviderRequest } from "../providers/provider.ts";
import type { Registry } from "../providers/registry.ts";
import type { Modality } from "../workflow/media.ts";
import {
  ProviderFailure,
  StepFailure,
  type CallContext,
  type PreparedCall,
  type StepPort,
  type StepRequest,
} from "../workflow/ports.ts";
import { checkFiles, chooseModel, completeParameters, isLocal, type ChosenModel } from "./chosen-model.ts";
import { generateImage } from "./generate-image.ts";
import { generateMusic } from "./generate-music.ts";
import { generateSpeech } from "./generate-speech.ts";
import { generateText } from "./generate-text.ts";
import { generateVideo } from "./generate-video.ts";
import { requestHash } from "./request-hash.ts";
import { failureOfCall, submissionOf } from "./settled-call.ts";
import type { StepKind } from "./step-kind.ts";

const KINDS: Partial<Record<Modality, StepKind>> = {
  text: generateText,
  image: generateImage,
  speech: generateSpeech,
  video: generateVideo,
  music: generateMusic,
  sound: generateMusic,
};

export interface StepPortOptions {
  registry: Registry;
  prices: PriceList;
  /** Says which prices hold. */
  now?: () => Date;
}

/** Makes the calls of steps to models: what the engine runs. */
export function createStepPort({ registry, prices, now = () => new Date() }: StepPortOptions): StepPort {
  return {
    async prepare(request) {
      const chosen = chooseModel(registry, request);
      const { named, running } = chosen;
      const kind = KINDS[named.modality];
      if (!kind) throw notMade(named.modality);
      checkFiles(named, request);
      const parameters = completeParameters(registry, named, request);
      const asked = kind.ask({ ...request, parameters }, named);
      const call: CostedCall = {
        model: named,
        parameters,
        images: request.files.length,
        prompt: asked.prompt,
        instructions: asked.instructions,
        day: now().toISOString().slice(0, 10),
      };
      const providerRequest: Omit<ProviderRequest, "images"> = {
        modality: named.modality,
        model: running,
        modelId: running.id.slice(running.id.indexOf(":") + 1),
        prompt: asked.prompt,
        instructions: asked.instructions,
        parameters,
        topic: request.topic,
      };
      return preparedCall({ prices, registry, chosen, kind, call, providerRequest, request });
    },
  };
}

/** A call with all that it needs to be sent, priced and read. */
interface CallParts {
  prices: PriceList;
  registry: Registry;
  chosen: ChosenModel;
  kind: StepKind;
  call: CostedCall;
  providerRequest: Omit<ProviderRequest, "images">;
  request: StepRequest;
}

function preparedCall(parts: CallParts): PreparedCall {
  const { prices, registry, chosen, call, kind, providerRequest, request } = parts;
  const { running, provider } = chosen;
  const billedCall = { ...call, model: running };
  const worst = worstCase(prices, billedCall);
  const isFree = isLocal(running);
  const settle = {
    prices,
    call,
    billedCall,
    kind,
    provider: provider.name,
    isRehearsal: request.mode === "rehearsal",
    worst,
  };
  const contextOf = (context: CallContext): ProviderContext => ({
    config: registry.config(provider.id),
    signal: context.signal,
    idempotencyKey: context.idempotencyKey,
    onText: (delta) => context.onText(delta),
    onProgress: (fraction) => context.onProgress(fraction),
  });
  return {
    provider: provider.id,
    model: running.id,
    performedBy: isFree ? "local" : running.id,
    worstCase: worst,
    requestHash: hashOf(parts),
    isAbortable: isFree || running.modality === "text",
    async submit(context) {
      const images = await readImages(request, context);
      try {
        const submission = await provider.submit({ ...providerRequest, images }, contextOf(context));
        return await submissionOf(settle, submission);
      } catch (error) {
        throw failureOfCall(settle, error);
      }
    },
    ...(provider.poll && {
      async poll(jobId: string, context: CallContext) {
        try {
          const state = await provider.poll?.(jobId, { ...providerRequest, images: [] }, contextOf(context));
          if (!state) throw new Error(`${provider.id} has no jobs`);
          return await submissionOf(settle, state);
        } catch (error) {
          throw failureOfCall(settle, error);
        }
      },
    }),
    ...(provider.cancel && {
      cancel: async (jobId: string, context: CallContext) =>
        (await provider.cancel?.(jobId, contextOf(context))) ?? false,
    }),
    costOfAborted: (partialText) =>
      running.modality === "text" ? costOfUncountedText(prices, billedCall, partialText) : worst,
  };
}

/** What the answer depends on. The topic only moves the built-in generators. */
function hashOf({ chosen, providerRequest, request }: CallParts): string {
  const { modality, prompt, instructions, parameters, topic } = providerRequest;
  return requestHash({
    model: chosen.running.id,
    modality,
    prompt,
    instructions,
    parameters,
    files: request.files.map(({ hash }) => hash),
    topic: isLocal(chosen.running) ? topic : null,
  });
}

/** Reads the pictures that go in. @throws ProviderFailure, unbilled, where one is gone: nothing has been sent. */
async function readImages({ files }: StepRequest, context: CallContext): Promise<ProviderRequest["images"]> {
  try {
    return await Promise.all(
      files.map(async (file) => ({ mediaType: file.mediaType, bytes: await context.readFile(file) })),
    );
  } catch {
    throw new ProviderFailure({
      code: "missing_file",
      billed: "no",
      detail: {
        fr: "Un fichier dont l’étape a besoin est introuvable. Rien n’a été facturé. Relancez l’étape qui le produit.",
        en: "A file that the step needs cannot be found. Nothing was billed. Run the step that makes it again.",
      },
    });
  }
}

function notMade(modality: Modality): StepFailure {
  return new StepFailure("invalid_step", {
    fr: `Cette version ne fait pas encore d’étape «\u00a0${modality}\u00a0». Rien n’a été facturé. Retirez l’étape, puis relancez.`,
    en: `This version makes no “${modality}” step yet. Nothing was billed. Remove the step, then try again.`,
  });
}
