import { fileOf, getArtifact } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";
import type { StoredFile, StoredOutput } from "../db/stored-values.ts";
import type { LocalText, Problem } from "../errors.ts";
import { answerProblems } from "../steps/answer-schema.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { outputMediumOf } from "../workflow/graph.ts";
import { isFileMedium, type Medium } from "../workflow/media.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { invalid } from "./api-routes.ts";
import type { RerunRequest } from "./rerun-schemas.ts";

type Replacement = RerunRequest["replace"][number];

/**
 * The results that a person gives, held to what their steps make.
 * @throws RelaisError `invalid_request` with a path for each mistake.
 */
export async function readReplacements(
  given: readonly Replacement[],
  { db, steps, catalogue }: { db: Db; steps: readonly Step[]; catalogue: ModelCatalogue },
): Promise<{ key: StepKey; output: StoredOutput }[]> {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const outputs: { key: StepKey; output: StoredOutput }[] = [];
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
    const read = await outputOf(replacement, { db, step, medium: outputMediumOf(step, steps, catalogue) });
    if ("output" in read) outputs.push({ key, output: read.output });
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

type Read = { output: StoredOutput } | { field: string; message: LocalText };

async function outputOf(
  replacement: Replacement,
  { db, step, medium }: { db: Db; step: Step; medium: Medium | undefined },
): Promise<Read> {
  const { text, json, artifact_ids: ids } = replacement;
  if ([text, json, ids].filter((value) => value !== undefined).length !== 1) {
    return { field: "", message: EXACTLY_ONE };
  }
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
  fr: "Donnez exactement un de « text », « json » et « artifact_ids ».",
  en: "Give exactly one of “text”, “json” and “artifact_ids”.",
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
