import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { MissingContent } from "../artifacts/store.ts";
import type { LocalText } from "../errors.ts";
import { ChildOverLimit } from "../media/child-process.ts";
import { inspectFile } from "../media/inspect.ts";
import { oneLine } from "../media/provenance.ts";
import { removeFiles } from "../providers/result-file.ts";
import { describedFiles } from "../workflow/described-files.ts";
import { mediumOfType } from "../workflow/media.ts";
import { FREE } from "../workflow/money.ts";
import {
  ProviderFailure,
  type CallContext,
  type EarlierResult,
  type FailureCode,
  type OutputFile,
  type PreparedCall,
  type StepOutput,
  type StepRequest,
  type Submission,
} from "../workflow/ports.ts";
import type { FileValue, Json } from "../workflow/values.ts";
import type { ChosenModel } from "./chosen-model.ts";
import {
  ComposeFailure,
  type ComposeContext,
  type Composed,
  type ComposedFile,
  type ComposeFile,
  type Composer,
} from "./composer.ts";
import { composedProvenance, markOutput, type Marking } from "./mark-output.ts";
import { requestHash } from "./request-hash.ts";

/** A film of an hour takes longer than any call may by default, and breaking it off only loses the work. */
const TIME_LIMIT_MS = 4 * 3_600_000;

interface ComposedCall {
  chosen: ChosenModel;
  request: StepRequest;
  /** Complete and checked. */
  parameters: Record<string, Json>;
  load: () => Promise<Composer>;
  /** Where folders of calls are made: on the disk of the store, and emptied at the start. */
  workFolder: string;
  marking: Marking;
  isComposed: (model: string) => boolean;
}

/** A step that Relais composes by itself: it costs nothing, and may be repeated as often as it takes. */
export async function composedCall(call: ComposedCall): Promise<PreparedCall> {
  const { chosen, request } = call;
  // What works on all that was made before is another step where anything of that is another.
  const everything = chosen.named.composed?.needs_all === true ? await request.results() : null;
  return {
    provider: chosen.running.provider,
    model: chosen.running.id,
    performedBy: "local",
    worstCase: FREE,
    requestHash: hashOf(call),
    isAbortable: true,
    minimumLimitMs: TIME_LIMIT_MS,
    submit: (context) => compose(call, context),
    costOfAborted: () => FREE,
  };

  function hashOf({ parameters }: ComposedCall): string {
    const { prompt, previousText, topic } = request;
    const model = chosen.running.id;
    return requestHash({
      model,
      prompt,
      previousText,
      topic,
      parameters: byContent(parameters, request.files),
      ...(everything && { everything: everything.map(contentOf) }),
    });
  }
}

/** What of a result can be seen in what is made of it, with its files by what is in them. */
function contentOf({ files, text, json, ...facts }: EarlierResult): Record<string, Json> {
  const { stepNumber, name, prompt, model, performedBy, cost } = facts;
  return {
    stepNumber,
    name,
    prompt,
    model,
    performedBy,
    cost: [cost.nanoUsd, cost.basis],
    text: text ?? null,
    json: json ?? null,
    files: files.map(({ hash }) => hash),
  };
}

/** Parameters in which files stand by what is in them: each execution has ids of its own for the same content. */
function byContent(value: Json, files: readonly FileValue[]): Json {
  if (Array.isArray(value)) return value.map((entry) => byContent(entry, files));
  if (value === null || typeof value !== "object") return value;
  const described = describedFiles(value)?.[0];
  const file = described && files.find(({ artifactId }) => artifactId === described.artifact_id);
  if (file) return { hash: file.hash };
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, byContent(entry, files)]));
}

async function compose(call: ComposedCall, context: CallContext): Promise<Submission> {
  const folder = path.join(call.workFolder, `compose-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const composer = await call.load();
    const { step, topic, prompt, previousText, results } = call.request;
    const provenance = await composedProvenance(call.request, call.parameters, call.isComposed);
    const composed = await composer(
      {
        step,
        topic,
        prompt: previousText === null ? prompt : `${prompt}\n\n${previousText}`,
        parameters: call.parameters,
      },
      {
        signal: context.signal,
        onProgress: (fraction) => context.onProgress(fraction),
        folder,
        files: copier(call.request, folder, context),
        results,
        provenance,
      },
    );
    const output = await outputOf(composed, call.workFolder);
    if (!provenance) return { state: "done", output };
    const { marking } = call;
    const title = oneLine(composed.title ?? "") || provenance.title;
    const said = { ...provenance, ...(title !== undefined && { title }) };
    return {
      state: "done",
      output: await markOutput(output, { provenance: said, marking, signal: context.signal }),
    };
  } catch (error) {
    throw failureOf(error, context.signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies files of other steps into the folder, each once however often it is asked for. */
function copier(
  { files: given, results }: StepRequest,
  folder: string,
  context: CallContext,
): ComposeContext["files"] {
  // What works on all that was made before is given those files too.
  const find = async (id: string): Promise<FileValue> => {
    const isIt = ({ artifactId }: FileValue): boolean => artifactId === id;
    const file = given.find(isIt) ?? (await results()).flatMap(({ files }) => files).find(isIt);
    if (!file) throw notGiven();
    return file;
  };
  const copies = new Map<string, Promise<ComposeFile>>();
  let count = 0;
  const copy = async (file: FileValue): Promise<ComposeFile> => {
    count += 1;
    const place = path.join(folder, `in-${count}.${extensionOf(file.mediaType)}`);
    await context.copyFile(file, place);
    return { ...file, path: place };
  };
  return async (parameter) => {
    const files: ComposeFile[] = [];
    for (const { artifact_id: id } of describedFiles(parameter ?? null) ?? []) {
      const copied = copies.get(id) ?? find(id).then(copy);
      copies.set(id, copied);
      files.push(await copied);
    }
    return files;
  };
}

/** Only for programs that look at names; what a file is says its content. */
function extensionOf(mediaType: string): string {
  return /^[a-z]+\/(?:x-)?([a-z0-9]{1,10})/.exec(mediaType)?.[1] ?? "bin";
}

/** The files are moved out of the folder, which goes, to where the store takes them over. */
async function outputOf(composed: Composed, workFolder: string): Promise<StepOutput> {
  const files: OutputFile[] = [];
  try {
    for (const file of composed.files) files.push(await outputFile(file, workFolder));
  } catch (error) {
    await removeFiles(files);
    throw error;
  }
  const { medium, text, json, words } = composed;
  return {
    medium,
    ...(text !== undefined && { text }),
    ...(json !== undefined && { json }),
    ...(words !== undefined && { words }),
    files,
    cost: FREE,
    liveCost: FREE,
    usage: {},
  };
}

async function outputFile(
  { path: made, name, mediaType }: ComposedFile,
  workFolder: string,
): Promise<OutputFile> {
  const facts = await inspectFile({ path: made });
  const place = path.join(workFolder, `composed-${randomUUID()}`);
  await rename(made, place);
  const type = mediaType ?? facts.mediaType;
  return {
    ...facts,
    content: { path: place },
    mediaType: type,
    medium: mediumOfType(type),
    ...(name !== undefined && { name }),
  };
}

function notGiven(): ComposeFailure {
  return new ComposeFailure({
    fr: "Un paramètre nomme un fichier que cette étape n’a pas reçu. Donnez-lui les fichiers par référence, par exemple {step1_output}.",
    en: "A parameter names a file that this step was not given. Give it files by reference, for example {step1_output}.",
  });
}

function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProviderFailure || signal.aborted) return error;
  if (error instanceof ComposeFailure) return unbilled("bad_request", error.detail, error);
  if (error instanceof MissingContent) {
    const what = {
      fr: "Un fichier dont l’étape a besoin est introuvable. Relancez l’étape qui le produit.",
      en: "A file that the step needs cannot be found. Run the step that makes it again.",
    };
    return unbilled("missing_file", what, error);
  }
  if (error instanceof ChildOverLimit) return unbilled("bad_request", OVER_LIMIT[error.limit], error);
  const message = error instanceof Error ? error.message.slice(0, 300) : "";
  const what = {
    fr: `L’assemblage s’est arrêté avant la fin (${message}). Relancez cette étape.`,
    en: `Composing stopped before it had finished (${message}). Run this step again.`,
  };
  return unbilled("unavailable", what, error);
}

/** The same files would take as much again, so this is not tried a second time. */
const OVER_LIMIT: Record<ChildOverLimit["limit"], LocalText> = {
  time: {
    fr: "L’assemblage a dépassé la durée permise et a été arrêté. Donnez à cette étape des fichiers plus courts ou moins nombreux.",
    en: "Composing took longer than it may and was stopped. Give this step shorter files, or fewer.",
  },
  memory: {
    fr: "L’assemblage a dépassé la mémoire permise et a été arrêté. Donnez à cette étape des images ou des vidéos plus petites.",
    en: "Composing took more memory than it may and was stopped. Give this step smaller pictures or videos.",
  },
};

function unbilled(code: FailureCode, what: LocalText, cause: unknown): ProviderFailure {
  return new ProviderFailure({
    code,
    billed: "no",
    detail: { fr: `${what.fr} Rien n’a été facturé.`, en: `${what.en} Nothing was billed.` },
    cause,
  });
}
