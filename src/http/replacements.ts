import { fileOf, getArtifact } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";
import type { ExecutionRow } from "../db/execution-store.ts";
import { listFamily, listFamilyRuns } from "../db/family-store.ts";
import type { StoredFile, StoredOutput } from "../db/stored-values.ts";
import { savedBy } from "../engine/taken-over.ts";
import type { LocalText, Problem } from "../errors.ts";
import { answerProblems } from "../steps/answer-schema.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { outputMediumOf } from "../workflow/graph.ts";
import { isFileMedium, type Medium } from "../workflow/media.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { invalid } from "./api-routes.ts";
import type { RerunRequest } from "./rerun-schemas.ts";

type Replacement = RerunRequest["replace"][number];

interface ReplacementContext {
  db: Db;
  /** The execution that is run again. */
  origin: Pick<ExecutionRow, "id" | "mode">;
  steps: readonly Step[];
  catalogue: ModelCatalogue;
}

/** A result that a person gives, or takes from another execution. */
interface GivenResult {
  key: StepKey;
  output: StoredOutput;
  /** The execution that has made it, and how its step made it; what that cost, null where that is unknown. */
  taken?: { executionId: number; step: Step; savedNanoUsd: NanoUsd | null };
}

/**
 * The results that a person gives, held to what their steps make.
 * @throws RelaisError `invalid_request` with a path for each mistake.
 */
export async function readReplacements(
  given: readonly Replacement[],
  { db, steps, catalogue, origin }: ReplacementContext,
): Promise<GivenResult[]> {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const outputs: GivenResult[] = [];
  for (const [index, replacement] of given.entries()) {
    const path = `replace[${index}]`;
    const key: StepKey = { stepNumber: replacement.step_number, item: replacement.item ?? NO_ITEM };
    const step = steps.find(({ step_number }) => step_number === key.stepNumber);
    const place = `${key.stepNumber}/${key.item}`;
    const misplaced = seen.has(place) ? TWICE : misplacedIn(step, replacement);
    seen.add(place);
    if (misplaced || !step) {
      problems.push({ path: `${path}.step_number`, message: misplaced ?? NO_SUCH_STEP });
      continue;
    }
    const read = await resultOf(replacement, { db, origin, steps, catalogue, key, step });
    if ("output" in read) outputs.push({ key, ...read });
    else problems.push({ path: read.field === "" ? path : `${path}.${read.field}`, message: read.message });
  }
  if (problems.length > 0) throw invalid(problems);
  return outputs;
}

function misplacedIn(step: Step | undefined, { item }: Replacement): LocalText | null {
  if (!step) return NO_SUCH_STEP;
  if (item !== undefined && step.for_each === null) return NO_ITEMS;
  return null;
}

type Read = Omit<GivenResult, "key"> | { field: string; message: LocalText };

async function resultOf(
  replacement: Replacement,
  place: ReplacementContext & { key: StepKey; step: Step },
): Promise<Read> {
  const { text, json, artifact_ids: ids, from_execution: executionId } = replacement;
  if ([text, json, ids, executionId].filter((value) => value !== undefined).length !== 1) {
    return { field: "", message: EXACTLY_ONE };
  }
  const { db, step, steps, catalogue } = place;
  if (executionId !== undefined) return await takeOf(executionId, place);
  return await outputOf(replacement, { db, step, medium: outputMediumOf(step, steps, catalogue) });
}

async function outputOf(
  { text, json, artifact_ids: ids }: Replacement,
  { db, step, medium }: { db: Db; step: Step; medium: Medium | undefined },
): Promise<Read> {
  const wanted = medium ?? "text";
  if (text !== undefined) {
    return wanted === "text"
      ? { output: { medium: "text", text, files: [] } }
      : { field: "text", message: wrongKind(wanted) };
  }
  if (json !== undefined) {
    if (wanted !== "json" || step.output_schema === null)
      return { field: "json", message: wrongKind(wanted) };
    const [problem] = answerProblems(step.output_schema, json);
    return problem
      ? { field: "json", message: misfit(problem) }
      : { output: { medium: "json", json, files: [] } };
  }
  const files: StoredFile[] = [];
  for (const id of ids ?? []) {
    const artifact = await getArtifact(db, id);
    if (!artifact) return { field: "artifact_ids", message: NO_SUCH_FILE };
    const file = fileOf(artifact);
    if (!isFileMedium(wanted) || file.medium !== wanted) {
      return { field: "artifact_ids", message: wrongKind(wanted) };
    }
    files.push(file);
  }
  return { output: { medium: wanted, files } };
}

/** What another execution of the family has made of a step. */
async function takeOf(
  executionId: number,
  { db, origin, steps, catalogue, key, step }: ReplacementContext & { key: StepKey; step: Step },
): Promise<Read> {
  const field = "from_execution";
  const isOfFamily = (await listFamily(db, origin)).includes(executionId);
  const [found] = isOfFamily ? await listFamilyRuns(db, [executionId], key) : [];
  const output = found?.run.output;
  if (!found || !output) return { field, message: NO_TAKE };
  // What one item makes is what the step would make without its list.
  const asked = key.item === NO_ITEM ? step : { ...step, for_each: null };
  const isSameKind = output.medium === (outputMediumOf(asked, steps, catalogue) ?? "text");
  if (!isSameKind || JSON.stringify(found.step.output_schema) !== JSON.stringify(step.output_schema)) {
    return { field, message: OTHER_SCHEMA };
  }
  return { output, taken: { executionId, step: found.step, savedNanoUsd: savedBy(found.run) } };
}

const NO_SUCH_STEP: LocalText = {
  fr: "Il n’y a pas d’étape de ce numéro. Donnez celui d’une étape de cette exécution.",
  en: "There is no step of this number. Give that of a step of this run.",
};

const TWICE: LocalText = {
  fr: "Ce résultat est déjà remplacé plus haut. Gardez un seul des deux.",
  en: "This result is replaced further up already. Keep one of the two.",
};

const NO_ITEMS: LocalText = {
  fr: "Cette étape ne parcourt pas de liste. Retirez « item ».",
  en: "This step does not map over a list. Take “item” out.",
};

const EXACTLY_ONE: LocalText = {
  fr: "Donnez exactement un de « text », « json », « artifact_ids » et « from_execution ».",
  en: "Give exactly one of “text”, “json”, “artifact_ids” and “from_execution”.",
};

const NO_TAKE: LocalText = {
  fr: "Cette exécution n’a pas de résultat à cet endroit, ou ne vient pas de la même première exécution, dans le même mode. Prenez-en une de la liste des prises de cette étape.",
  en: "This execution has no result there, or does not come from the same first execution, in the same mode. Take one from the list of takes of this step.",
};

const OTHER_SCHEMA: LocalText = {
  fr: "Cette prise n’est pas de la nature de l’étape telle qu’elle est ici, ou suit un autre schéma.",
  en: "This take is not of the kind that the step makes here, or follows another schema.",
};

const NO_SUCH_FILE: LocalText = {
  fr: "Il n’y a pas de fichier de cet identifiant, ou il a été supprimé. Envoyez-le d’abord par POST /api/combinations/artifacts.",
  en: "There is no file of this id, or it was removed. Upload it first with POST /api/combinations/artifacts.",
};

const WANTED: Record<Medium, LocalText> = {
  text: { fr: "un texte : donnez « text »", en: "a text: give “text”" },
  json: { fr: "des données JSON : donnez « json »", en: "JSON data: give “json”" },
  image: { fr: "une image : donnez « artifact_ids »", en: "a picture: give “artifact_ids”" },
  audio: { fr: "un son : donnez « artifact_ids »", en: "a sound: give “artifact_ids”" },
  video: { fr: "une vidéo : donnez « artifact_ids »", en: "a video: give “artifact_ids”" },
  document: { fr: "un document : donnez « artifact_ids »", en: "a document: give “artifact_ids”" },
};

function wrongKind(medium: Medium): LocalText {
  const wanted = WANTED[medium];
  return { fr: `Cette étape produit ${wanted.fr}.`, en: `This step makes ${wanted.en}.` };
}

function misfit(problem: LocalText): LocalText {
  return {
    fr: `Ces données ne suivent pas le schéma de l’étape : ${problem.fr}.`,
    en: `This does not follow the schema of the step: ${problem.en}.`,
  };
}
