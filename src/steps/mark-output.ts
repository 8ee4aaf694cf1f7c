import { signFile } from "../media/content-credentials.ts";
import { markFile } from "../media/mark-file.ts";
import { oneLine, sourceOfParts, type Origin, type Provenance } from "../media/provenance.ts";
import type { Signer } from "../media/signer.ts";
import type { ModelEntry } from "../providers/registry.ts";
import type { OutputFile, StepMaker, StepOutput, StepRequest } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";
import { isLocal } from "./chosen-model.ts";

/** How files are made to say how they were made. */
export interface Marking {
  /** Null: nobody signs. */
  signer: Signer | null;
  /** Told of each file that could not be marked or signed, and is kept as it came. */
  onUnmarked(error: unknown): void;
}

const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i;

/** How what a model or a built-in generator answers was made. */
export function callProvenance(
  running: ModelEntry,
  { prompt, topic }: Pick<StepRequest, "prompt" | "topic">,
  parameters: Record<string, Json>,
): Provenance {
  const isBuiltIn = isLocal(running);
  // What is made again for another topic is found by its prompt, so a topic that is not in it says nothing of the result.
  const title = prompt.includes(topic) ? topic : "";
  return {
    source: isBuiltIn ? "algorithmicMedia" : "trainedAlgorithmicMedia",
    madeBy: isBuiltIn ? [] : [running.id],
    ...described({ title, language: parameters["language"] }),
  };
}

/**
 * How what Relais composed was made: by whatever made its parts. Null where all of them are files of persons.
 * @param isComposed whether a model stands for a step that Relais composes itself, whose own parts then count.
 */
export async function composedProvenance(
  { step, topic, files, results, makers }: StepRequest,
  parameters: Record<string, Json>,
  isComposed: (model: string) => boolean,
): Promise<Provenance | null> {
  const parts = partsOf(step.step_number, (await makers?.()) ?? [], isComposed);
  const made = new Set(
    (await results()).flatMap((result) => result.files.map(({ artifactId }) => artifactId)),
  );
  const hasUploads = files.some(({ artifactId }) => !made.has(artifactId));
  const source = sourceOfParts([...parts.map(originOf), ...(hasUploads ? (["person"] as const) : [])]);
  if (source === null) return null;
  const models = parts.flatMap((part) => (originOf(part) === "model" && part.model ? [part.model] : []));
  const { title = topic, artist, author = artist, language } = parameters;
  return { source, madeBy: [...new Set(models)], ...described({ title, author, language }) };
}

function partsOf(
  stepNumber: number,
  makers: readonly StepMaker[],
  isComposed: (model: string) => boolean,
): StepMaker[] {
  const own = makers.find((maker) => maker.stepNumber === stepNumber);
  const parts = makers.filter((maker) => own?.dependsOn.includes(maker.stepNumber));
  return parts.flatMap((part) =>
    part.model !== null && isComposed(part.model) ? partsOf(part.stepNumber, makers, isComposed) : [part],
  );
}

function originOf({ model, performedBy }: StepMaker): Origin {
  if (performedBy === "person") return "person";
  if (performedBy === "local") return "program";
  return model === null || model.startsWith("local:") ? "program" : "model";
}

function line(value: Json | undefined): string {
  return typeof value === "string" ? oneLine(value) : "";
}

/** What is known of it; parameters may hold anything. */
function described(
  said: Partial<Record<"title" | "author" | "language", Json | undefined>>,
): Pick<Provenance, "title" | "author" | "language"> {
  const [title, author, language] = [line(said.title), line(said.author), line(said.language)];
  return {
    ...(title !== "" && { title }),
    ...(author !== "" && { author }),
    ...(LANGUAGE.test(language) && { language }),
  };
}

/**
 * The output, whose files say how they were made. A file that cannot be made to say so is kept as it came: it may have been
 * paid for.
 */
export async function markOutput(
  output: StepOutput,
  { provenance, marking, signal }: { provenance: Provenance; marking: Marking; signal: AbortSignal },
): Promise<StepOutput> {
  const files: OutputFile[] = [];
  for (const file of output.files) {
    files.push({ ...file, content: await markedContent(file, { provenance, marking, signal }) });
  }
  return { ...output, files };
}

async function markedContent(
  { content, mediaType }: OutputFile,
  { provenance, marking, signal }: { provenance: Provenance; marking: Marking; signal: AbortSignal },
): Promise<OutputFile["content"]> {
  const { signer } = marking;
  let marked = content;
  try {
    marked = await markFile(content, mediaType, provenance);
    return signer ? await signFile(marked, { mediaType, provenance, signer, signal }) : marked;
  } catch (error) {
    marking.onUnmarked(error);
    return marked;
  }
}
