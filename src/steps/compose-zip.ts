import { stat } from "node:fs/promises";
import path from "node:path";
import { writeZip, type ZipEntry } from "../media/zip-file.ts";
import { nanoUsdToUsd, sumCosts } from "../workflow/money.ts";
import type { EarlierResult } from "../workflow/ports.ts";
import type { FileValue, Json } from "../workflow/values.ts";
import { ComposeFailure, type ComposeContext, type ComposeFile, type Composer } from "./composer.ts";
import { fileExtension, nameSlug } from "./file-names.ts";

/** A step of the manifest, with what it puts into the ZIP. */
interface PackedStep {
  result: EarlierResult | null;
  files: ComposeFile[];
  /** Its text or JSON, as files; where only files are asked for, none. */
  texts: { item?: number; text: string; extension: "md" | "json" }[];
}

/**
 * Packs all that was made before, or the files of `files` alone, into one ZIP, with a manifest that says who made what from
 * which prompt at which cost. Names come from the steps' own, never from content.
 */
export const composeZip: Composer = async ({ prompt, parameters, topic }, context) => {
  const steps = await packedSteps(parameters["files"], context);
  const names = new NameBook();
  const entries: ZipEntry[] = [];
  const listed: Json[] = [];
  for (const step of steps) {
    const packed = await packStep(step, names);
    entries.push(...packed.entries);
    listed.push(packed.manifest);
  }
  if (entries.length === 0) throw nothingToPack();
  const total = sumCosts(steps.flatMap(({ result }) => (result ? [result.cost] : [])));
  const manifest = {
    generator: "Relais",
    topic,
    steps: listed,
    total_cost: { usd: nanoUsdToUsd(total.nanoUsd), basis: total.basis },
  };
  entries.push({ name: "manifest.json", content: { text: `${JSON.stringify(manifest, null, 2)}\n` } });
  const target = path.join(context.folder, "results.zip");
  await writeZip(target, entries, {
    signal: context.signal,
    onProgress: (fraction) => context.onProgress(fraction),
  });
  const name = `${nameSlug(prompt) || nameSlug(topic) || "relais"}.zip`;
  return { medium: "document", files: [{ path: target, name, mediaType: "application/zip" }] };
};

async function packedSteps(chosen: Json | undefined, context: ComposeContext): Promise<PackedStep[]> {
  const results = (await context.results()).toSorted((a, b) => a.stepNumber - b.stepNumber);
  if (chosen === undefined || chosen === null) {
    return await Promise.all(
      results.map(async (result) => ({
        result,
        files: await context.files(result.files.map(({ artifactId }) => ({ artifact_id: artifactId }))),
        texts: textsOf(result),
      })),
    );
  }
  const files = uniqueFiles(await context.files(chosen));
  const madeBy = (file: FileValue): EarlierResult | null =>
    results.find((result) => result.files.some(({ artifactId }) => artifactId === file.artifactId)) ?? null;
  return [null, ...results].flatMap((result) => {
    const own = files.filter((file) => madeBy(file) === result);
    return own.length === 0 ? [] : [{ result, files: own, texts: [] }];
  });
}

function uniqueFiles(files: ComposeFile[]): ComposeFile[] {
  return [...new Map(files.map((file) => [file.artifactId, file])).values()];
}

/** A list of texts, as a step with items makes it, is a file each. */
function textsOf({ text, json }: EarlierResult): PackedStep["texts"] {
  if (text !== undefined) return [{ text: `${text}\n`, extension: "md" }];
  if (json === undefined) return [];
  const isTexts = Array.isArray(json) && json.every((entry) => entry === null || typeof entry === "string");
  if (!isTexts || json.length === 0)
    return [{ text: `${JSON.stringify(json, null, 2)}\n`, extension: "json" }];
  return json.flatMap((entry, item) =>
    typeof entry === "string" ? [{ item, text: `${entry}\n`, extension: "md" as const }] : [],
  );
}

async function packStep(
  { result, files, texts }: PackedStep,
  names: NameBook,
): Promise<{ entries: ZipEntry[]; manifest: Json }> {
  const entries: ZipEntry[] = [];
  const listed: Json[] = [];
  const nameOf = (item: number | undefined, extension: string, medium: string): string =>
    names.take({
      stepNumber: result?.stepNumber ?? 0,
      name: nameSlug(result?.name ?? "") || medium,
      item,
      extension,
    });
  for (const { item, text, extension } of texts) {
    const name = nameOf(item, extension, extension === "md" ? "text" : "json");
    entries.push({ name, content: { text } });
    const mediaType = extension === "md" ? "text/markdown" : "application/json";
    listed.push({
      name,
      media_type: mediaType,
      bytes: Buffer.byteLength(text),
      ...(item !== undefined && { item }),
    });
  }
  for (const file of files) {
    const name = nameOf(file.item, fileExtension(file.mediaType), file.medium);
    entries.push({ name, content: { path: file.path } });
    listed.push(await manifestFile(name, file));
  }
  return { entries, manifest: manifestStep(result, listed) };
}

async function manifestFile(name: string, file: ComposeFile): Promise<Json> {
  return {
    name,
    media_type: file.mediaType,
    bytes: (await stat(file.path)).size,
    sha256: file.hash,
    ...(file.item !== undefined && { item: file.item }),
    ...(file.durationSeconds !== undefined && { duration_seconds: file.durationSeconds }),
  };
}

/** What a person uploaded was made by no step. */
function manifestStep(result: EarlierResult | null, files: Json[]): Json {
  if (!result) return { step_number: null, performed_by: "person", files };
  const { stepNumber, name, prompt, model, performedBy, cost } = result;
  return {
    step_number: stepNumber,
    name,
    prompt,
    model,
    performed_by: performedBy,
    cost: { usd: cost.nanoUsd === null ? null : nanoUsdToUsd(cost.nanoUsd), basis: cost.basis },
    files,
  };
}

/** Gives each file a name that no other has, whatever a file system takes for the same: `02-illustration-03.png`. */
class NameBook {
  readonly #taken = new Set(["manifest.json"]);

  take(parts: { stepNumber: number; name: string; item: number | undefined; extension: string }): string {
    const { stepNumber, name, item, extension } = parts;
    const stem = [twoDigits(stepNumber), name, ...(item === undefined ? [] : [twoDigits(item + 1)])].join(
      "-",
    );
    for (let count = 1; ; count += 1) {
      const candidate = `${stem}${count === 1 ? "" : `-${count}`}.${extension}`;
      if (this.#taken.has(candidate.toLowerCase())) continue;
      this.#taken.add(candidate.toLowerCase());
      return candidate;
    }
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function nothingToPack(): ComposeFailure {
  return new ComposeFailure({
    fr: "Il n’y a rien à mettre dans le ZIP : les étapes précédentes n’ont rien produit. Relancez-les d’abord.",
    en: "There is nothing to put into the ZIP: the steps before this one made nothing. Run them first.",
  });
}
