import { tmpdir } from "node:os";
import { MissingContent } from "../artifacts/store.ts";
import { costOfUncountedText, worstCase, type CostedCall } from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import type { InputFile, ProviderRequest } from "../providers/provider.ts";
import type { Registry } from "../providers/registry.ts";
import { promptWithSchema } from "../providers/schema-prompt.ts";
import { isHeard, type Modality } from "../workflow/media.ts";
import { FREE } from "../workflow/money.ts";
import {
  ProviderFailure,
  StepFailure,
  type CallContext,
  type PreparedCall,
  type StepPort,
  type StepRequest,
  type Submission,
} from "../workflow/ports.ts";
import { repairPrompt } from "../workflow/repair.ts";
import type { FileValue } from "../workflow/values.ts";
import { checkFiles, chooseModel, completeParameters, isLocal, type ChosenModel } from "./chosen-model.ts";
import { isFreeOfCharge } from "./free-model.ts";
import { composedCall } from "./composed-step.ts";
import { COMPOSERS } from "./composers.ts";
import { generateImage } from "./generate-image.ts";
import { generateMusic } from "./generate-music.ts";
import { generateSpeech } from "./generate-speech.ts";
import { generateText } from "./generate-text.ts";
import { generateVideo } from "./generate-video.ts";
import { holdKey } from "./held-key.ts";
import { callProvenance, markOutput, type Marking } from "./mark-output.ts";
import { requestHash } from "./request-hash.ts";
import { failureOfCall, submissionOf } from "./settled-call.ts";
import type { Asked, StepKind } from "./step-kind.ts";
import { transcribe } from "./transcribe.ts";

const KINDS: Partial<Record<Modality, StepKind>> = {
  text: generateText,
  image: generateImage,
  speech: generateSpeech,
  video: generateVideo,
  music: generateMusic,
  sound: generateMusic,
  transcript: transcribe,
};

export interface StepPortOptions {
  registry: Registry;
  prices: PriceList;
  /** Says which prices hold. */
  now?: () => Date;
  /** Where files are composed; that of the system for temporary files unless given. */
  workFolder?: string;
  /** The composed steps; those of Relais unless given. */
  composers?: typeof COMPOSERS;
  /** How files say how they were made; unsigned unless given. */
  marking?: Marking;
}

const UNSIGNED: Marking = { signer: null, onUnmarked: () => undefined };

/** Makes the calls of steps to models: what the engine runs. */
export function createStepPort({
  registry,
  prices,
  now = () => new Date(),
  workFolder = tmpdir(),
  composers = COMPOSERS,
  marking = UNSIGNED,
}: StepPortOptions): StepPort {
  return {
    async prepare(request) {
      await hearOfNewKeys(registry, request);
      const chosen = chooseModel(registry, request);
      const { named, running } = chosen;
      const load = named.composed && composers[named.id.slice(named.id.indexOf(":") + 1)];
      if (load) {
        const parameters = completeParameters(registry, named, request);
        const isComposed = (id: string): boolean => registry.resolve(id)?.composed !== undefined;
        return await composedCall({ chosen, request, parameters, load, workFolder, marking, isComposed });
      }
      const kind = KINDS[named.modality];
      if (!kind) throw notMade(named.modality);
      checkFiles(named, request);
      const parameters = completeParameters(registry, named, request);
      const asked = correcting(kind.ask({ ...request, parameters }, named), request.repair);
      const outputSchema = named.modality === "text" ? request.step.output_schema : null;
      const call: CostedCall = {
        model: named,
        parameters,
        images: request.files.filter(({ medium }) => medium === "image").length,
        inputSeconds: inputSecondsOf(request),
        prompt: sentText(asked.prompt, outputSchema),
        instructions: asked.instructions,
        day: now().toISOString().slice(0, 10),
      };
      const providerRequest: ProviderRequest = {
        modality: named.modality,
        model: running,
        modelId: running.id.slice(running.id.indexOf(":") + 1),
        prompt: asked.prompt,
        instructions: asked.instructions,
        parameters,
        outputSchema,
        images: [],
        audio: null,
        topic: request.topic,
      };
      return preparedCall({ prices, registry, chosen, kind, call, providerRequest, request, marking });
    },
  };
}

/** A key may have been given to another process, of which this one has not heard yet. */
async function hearOfNewKeys(registry: Registry, { step, mode }: StepRequest): Promise<void> {
  if (mode === "rehearsal") return;
  const provider = registry.resolve(step.ai_provider)?.provider;
  if (provider !== undefined && registry.missingSettings(provider).length > 0) await registry.refreshKeys();
}

/** A call with all that it needs to be sent, priced and read. */
interface CallParts {
  prices: PriceList;
  registry: Registry;
  chosen: ChosenModel;
  kind: StepKind;
  call: CostedCall;
  /** Without the files that go in: those are read when it is sent. */
  providerRequest: ProviderRequest;
  request: StepRequest;
  marking: Marking;
}

function preparedCall(parts: CallParts): PreparedCall {
  const { prices, registry, chosen, call, kind, providerRequest, request } = parts;
  const { running, provider } = chosen;
  const billedCall = { ...call, model: running };
  const pricing = { registry, prices, day: call.day };
  const worst = isFreeOfCharge(running.id, pricing) ? FREE : worstCase(prices, billedCall);
  const isBuiltIn = isLocal(running);
  const settle = {
    prices,
    call,
    billedCall,
    kind,
    step: request.step,
    provider: provider.name,
    isRehearsal: request.mode === "rehearsal",
    worst,
    isNamedFree: isFreeOfCharge(chosen.named.id, pricing),
    repair: request.repair ?? null,
  };
  const key = holdKey(registry, provider.id);
  return {
    provider: provider.id,
    model: running.id,
    performedBy: isBuiltIn ? "local" : running.id,
    worstCase: worst,
    requestHash: hashOf(parts),
    isAbortable: isBuiltIn || running.modality === "text",
    async submit(context) {
      const files = await readFiles(request, context);
      try {
        const submission = await provider.submit({ ...providerRequest, ...files }, key.contextOf(context));
        return await marked(parts, await submissionOf(settle, submission), context);
      } catch (error) {
        throw failureOfCall(settle, error);
      }
    },
    ...(provider.poll && {
      async poll(jobId: string, context: CallContext) {
        try {
          const state = await key.ask(
            context,
            async (held) => await provider.poll?.(jobId, providerRequest, held),
          );
          if (!state) throw new Error(`${provider.id} has no jobs`);
          return await marked(parts, await submissionOf(settle, state), context);
        } catch (error) {
          throw failureOfCall(settle, error);
        }
      },
    }),
    ...(provider.cancel && {
      cancel: async (jobId: string, context: CallContext) =>
        (await provider.cancel?.(jobId, key.contextOf(context))) ?? false,
    }),
    costOfAborted: (partialText) =>
      running.modality === "text" && worst.basis !== "free"
        ? costOfUncountedText(prices, billedCall, partialText)
        : worst,
  };
}

/** What came, with files that say how they were made. */
async function marked(
  { chosen, request, call, marking }: CallParts,
  submission: Submission,
  { signal }: CallContext,
): Promise<Submission> {
  if (submission.state !== "done") return submission;
  const provenance = callProvenance(chosen.running, request, call.parameters);
  return { ...submission, output: await markOutput(submission.output, { provenance, marking, signal }) };
}

/** What the answer depends on. The topic only moves the built-in generators. */
function hashOf({ chosen, providerRequest, request }: CallParts): string {
  const { modality, prompt, instructions, parameters, outputSchema, topic } = providerRequest;
  return requestHash({
    model: chosen.running.id,
    modality,
    prompt,
    instructions,
    parameters,
    ...(outputSchema && { outputSchema }),
    files: request.files.map(({ hash }) => hash),
    topic: isLocal(chosen.running) ? topic : null,
  });
}

/** What is asked for, or to have an earlier answer to that corrected. */
function correcting(asked: Asked, repair: StepRequest["repair"]): Asked {
  return repair ? { ...asked, prompt: repairPrompt(asked.prompt, repair) } : asked;
}

/** All that a model reads of a text: its schema goes in the prompt and in a field of its own. */
function sentText(prompt: string, schema: ProviderRequest["outputSchema"]): string {
  return schema === null ? prompt : `${promptWithSchema(prompt, schema)}${JSON.stringify(schema)}`;
}

/** How long the sound or film is that goes in; null where there is none, or it could not be measured. */
function inputSecondsOf({ files }: StepRequest): number | null {
  return files.find(({ medium }) => isHeard(medium))?.durationSeconds ?? null;
}

/** Reads what goes in. @throws ProviderFailure, unbilled, where a file is gone: nothing has been sent. */
async function readFiles(
  { files }: StepRequest,
  context: CallContext,
): Promise<Pick<ProviderRequest, "images" | "audio">> {
  const read = async (file: FileValue): Promise<InputFile> => ({
    mediaType: file.mediaType,
    bytes: await context.readFile(file),
  });
  const sound = files.find(({ medium }) => isHeard(medium));
  try {
    const images = await Promise.all(files.filter(({ medium }) => medium === "image").map(read));
    return { images, audio: sound ? await read(sound) : null };
  } catch (error) {
    if (!(error instanceof MissingContent)) throw filesUnavailable(error);
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

/** The store of files is out of reach: nothing was sent, and the step is tried again. */
function filesUnavailable(cause: unknown): ProviderFailure {
  return new ProviderFailure({
    code: "unavailable",
    billed: "no",
    isTransient: true,
    cause,
    detail: {
      fr: "Un fichier dont l’étape a besoin n’a pas pu être lu : l’endroit où Relais garde ses fichiers ne répond pas. Rien n’a été facturé. Relancez l’étape quand il répondra.",
      en: "A file that the step needs could not be read: the place where Relais keeps its files does not answer. Nothing was billed. Run the step again once it answers.",
    },
  });
}

function notMade(modality: Modality): StepFailure {
  return new StepFailure("invalid_step", {
    fr: `Cette version ne fait pas encore d’étape «\u00a0${modality}\u00a0». Rien n’a été facturé. Retirez l’étape, puis relancez.`,
    en: `This version makes no “${modality}” step yet. Nothing was billed. Remove the step, then try again.`,
  });
}
