import { copyArtifact, fileOf, getArtifact } from "../db/artifact-store.ts";
import type { Trx } from "../db/database.ts";
import type { StepRunChange, StepRunRow } from "../db/step-run-store.ts";
import type { StoredFile, StoredOutput } from "../db/stored-values.ts";
import { RelaisError, type LocalText } from "../errors.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { isFileMedium, mediumOfType, type Medium } from "../workflow/media.ts";
import { isFinal, type StepRunStatus } from "../workflow/statuses.ts";
import type { Json } from "../workflow/values.ts";
import { changeStep } from "./step-change.ts";
import { approvalExpired, rejected } from "./failures.ts";

/** What a person puts in the place of a result: a text, JSON that has been checked, or files that are stored. */
export type EditedOutput = { text: string } | { json: Json } | { artifactIds: string[] };

const HOUR_MS = 3_600_000;

/**
 * What the step run of a result that has just arrived becomes where a person is asked first: part of the transaction that
 * stores the result. Nothing where nobody is asked, or where the step had ended before.
 */
export function askedFirst(
  step: Step | undefined,
  { status, now }: { status: StepRunStatus | undefined; now: string },
): Pick<StepRunChange, "status" | "waitingReason" | "decideBy"> {
  if (!step || step.approval === false || (status !== undefined && isFinal(status))) return {};
  const decideBy =
    step.approval === true
      ? null
      : new Date(Date.parse(now) + step.approval.timeout_hours * HOUR_MS).toISOString();
  return { status: "waiting", waitingReason: "approval", decideBy };
}

/** A step run in one execution, and the time of the transaction. */
interface Place {
  executionId: number;
  run: StepRunRow;
  now: string;
}

/** @throws RelaisError `conflict` where it was decided meanwhile; `invalid_request` where the edited output does not suit. */
export async function approve(trx: Trx, place: Place, edit: EditedOutput | undefined): Promise<void> {
  const { run } = place;
  if (edit === undefined || run.output === null) return await decideStep(trx, place, DECIDED);
  const output = await editedOutput(trx, place, { original: run.output, edit });
  await decideStep(trx, place, { ...DECIDED, output, originalOutput: run.output });
}

/** Fails the step; what it made stays. @throws RelaisError `conflict` where it was decided meanwhile. */
export async function reject(trx: Trx, place: Place): Promise<void> {
  await decideStep(trx, place, { ...DECIDED, status: "failed", error: rejected() });
}

/** The same without a person, whose time is over. */
export async function expire(trx: Trx, place: Place): Promise<void> {
  await decideStep(trx, place, { ...DECIDED, status: "failed", error: approvalExpired() });
}

/** Its call was over when it began to wait: `completed_at` stays. */
const DECIDED: StepRunChange = { status: "completed", waitingReason: null, decideBy: null };

async function decideStep(trx: Trx, { executionId, run, now }: Place, change: StepRunChange): Promise<void> {
  const key: StepKey = { stepNumber: run.stepNumber, item: run.item };
  if (await changeStep(trx, { executionId, key, change, from: ["waiting"], now })) return;
  throw new RelaisError("conflict", {
    fr: `L’étape ${run.stepNumber} a été décidée entre-temps. Rien n’a changé.`,
    en: `Step ${run.stepNumber} was decided meanwhile. Nothing has changed.`,
  });
}

async function editedOutput(
  trx: Trx,
  place: Place,
  { original, edit }: { original: StoredOutput; edit: EditedOutput },
): Promise<StoredOutput> {
  const { medium } = original;
  if ("text" in edit && medium === "text") return { medium, text: edit.text, files: [] };
  if ("json" in edit && medium === "json") return { medium, json: edit.json, files: [] };
  if ("artifactIds" in edit && isFileMedium(medium)) {
    const files: StoredFile[] = [];
    for (const [index, id] of edit.artifactIds.entries()) {
      files.push(await storedFile(trx, place, { id, medium, path: `output.artifact_ids[${index}]` }));
    }
    return { medium, files };
  }
  throw unsuitable("output", FORMS[isFileMedium(medium) ? "files" : medium === "json" ? "json" : "text"]);
}

const FORMS = {
  text: {
    fr: "Cette étape a écrit un texte : donnez « output.text ».",
    en: "This step wrote a text: give “output.text”.",
  },
  json: {
    fr: "Cette étape a fait du JSON : donnez « output.json ».",
    en: "This step made JSON: give “output.json”.",
  },
  files: {
    fr: "Cette étape a fait un fichier : donnez « output.artifact_ids ».",
    en: "This step made a file: give “output.artifact_ids”.",
  },
} satisfies Record<string, LocalText>;

/** A file of this execution, or one that was uploaded, which then belongs to it. */
async function storedFile(
  trx: Trx,
  { executionId, run, now }: Place,
  wanted: { id: string; medium: Medium; path: string },
): Promise<StoredFile> {
  const found = await getArtifact(trx, wanted.id);
  const isOwn = found?.executionId === executionId;
  if (!found || (!isOwn && found.executionId !== null)) throw unsuitable(wanted.path, NO_FILE);
  if (mediumOfType(found.mediaType) !== wanted.medium) throw unsuitable(wanted.path, OTHER_KIND);
  if (isOwn) return fileOf(found);
  const item = run.item === NO_ITEM ? null : run.item;
  const place = { executionId, stepNumber: run.stepNumber, item, createdAt: now };
  const copy = await copyArtifact(trx, found.id, place);
  if (!copy) throw unsuitable(wanted.path, NO_FILE);
  return fileOf(copy);
}

const NO_FILE: LocalText = {
  fr: "Il n’y a pas de fichier de ce nom dans cette exécution ni parmi les fichiers envoyés.",
  en: "There is no such file in this execution nor among the uploaded ones.",
};

const OTHER_KIND: LocalText = {
  fr: "Ce fichier n’est pas du même genre que celui que l’étape a fait.",
  en: "This file is not of the same kind as what the step made.",
};

function unsuitable(path: string, message: LocalText): RelaisError {
  const detail = {
    fr: `${message.fr} Rien n’a changé : l’étape attend toujours votre décision.`,
    en: `${message.en} Nothing has changed: the step still waits for your decision.`,
  };
  return new RelaisError("invalid_request", detail, [{ path, message }]);
}
