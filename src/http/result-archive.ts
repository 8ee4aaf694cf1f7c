import { createRoute, z } from "@hono/zod-openapi";
import { MissingContent, type ArtifactStore } from "../artifacts/store.ts";
import { MAX_ZIP_BYTES, writeZip, type ZipEntry } from "../artifacts/zip-writer.ts";
import { getExecution, type ExecutionRow } from "../db/execution-store.ts";
import { listStepRuns, type StepRunRow } from "../db/step-run-store.ts";
import type { StoredOutput } from "../db/stored-values.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { isFileMedium } from "../workflow/media.ts";
import { resultFileNames, titleForFile } from "../workflow/result-names.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppContext } from "./app-env.ts";
import { contentDisposition } from "./content-disposition.ts";
import type { AppDependencies } from "./dependencies.ts";
import { idOf, idPathSchema, invalidField, missingExecution, parseId } from "./path-id.ts";
import { problemResponses } from "./problem.ts";

const archiveRoute = createRoute({
  method: "get",
  path: "/executions/{id}/archive",
  operationId: "downloadResults",
  summary: "Everything that an execution has made so far, as one ZIP",
  description:
    "Files are named by step, name and item (`02-scene-07.png`); texts are Markdown, data is JSON. Items that failed are left out.",
  request: { params: idPathSchema },
  responses: {
    200: {
      description: "The ZIP, written while it is sent",
      content: { "application/zip": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...problemResponses(401, 403, 404, 409, 422),
  },
});

/** As many executions as one archive takes. */
const MAX_TOGETHER = 50;

const archiveOfSeveralRoute = createRoute({
  method: "get",
  path: "/archive",
  operationId: "downloadSeveral",
  summary: "Everything that several executions have made so far, as one ZIP with a folder for each",
  request: {
    query: z.object({
      executions: z.string().openapi({
        description: `Numbers of executions, at most ${MAX_TOGETHER}, with commas in between.`,
        example: "12,15",
      }),
    }),
  },
  responses: archiveRoute.responses,
});

export function resultArchiveRoutes(dependencies: AppDependencies) {
  const { artifacts } = dependencies;
  return apiRoutes()
    .openapi(archiveRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      const { execution, parts } = await read(dependencies, id);
      if (parts.length === 0) throw nothingMade(id);
      requireRoom(parts, id);
      const changed = new Date(execution.completedAt ?? execution.createdAt);
      return sendArchive(c, artifacts, { parts, changed, name: archiveName(execution) });
    })
    .openapi(archiveOfSeveralRoute, async (c) => {
      const ids = readIds(c.req.valid("query").executions);
      const all: ResultPart[] = [];
      for (const id of ids) {
        const { execution, parts } = await read(dependencies, id);
        const folder = [String(id), titleForFile(execution.title ?? "")].filter(Boolean).join(" ");
        all.push(...parts.map(({ name, content, bytes }) => ({ name: `${folder}/${name}`, content, bytes })));
      }
      if (all.length === 0) throw nothingMade(ids.join(", "));
      requireRoom(all, ids.join(", "));
      return sendArchive(c, artifacts, { parts: all, changed: new Date(), name: "Relais.zip" });
    });
}

async function read(
  { db }: AppDependencies,
  id: number,
): Promise<{ execution: ExecutionRow; parts: ResultPart[] }> {
  const execution = await getExecution(db, id);
  if (!execution) throw missingExecution(id);
  return { execution, parts: partsOf(execution, await listStepRuns(db, id)) };
}

function readIds(text: string): number[] {
  const ids = [...new Set(text.split(",").map(parseId))];
  const known = ids.flatMap((id) => id ?? []);
  if (known.length > 0 && known.length === ids.length && known.length <= MAX_TOGETHER) return known;
  throw invalidField("executions", {
    fr: `« executions » donne les numéros d’une à ${MAX_TOGETHER} exécutions, séparés par des virgules.`,
    en: `“executions” gives the numbers of one to ${MAX_TOGETHER} executions, with commas in between.`,
  });
}

function requireRoom(parts: readonly ResultPart[], id: number | string): void {
  if (parts.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_ZIP_BYTES) throw tooMuch(id);
}

export interface ResultPart {
  name: string;
  content: string | { hash: string };
  bytes: number;
}

/** What an execution has made, in the order of steps and items. */
export function partsOf(execution: ExecutionRow, runs: readonly StepRunRow[]): ResultPart[] {
  const mapped = new Set(runs.filter(({ item }) => item !== NO_ITEM).map(({ stepNumber }) => stepNumber));
  return runs
    .filter(({ item, stepNumber }) => item !== NO_ITEM || !mapped.has(stepNumber))
    .toSorted((a, b) => a.stepNumber - b.stepNumber || a.item - b.item)
    .flatMap(({ stepNumber, item, output }) => {
      if (!output) return [];
      const step = execution.steps.find(({ step_number }) => step_number === stepNumber);
      const place = { stepNumber, stepName: step?.name ?? null, medium: output.medium };
      return partsOfOutput(output, item === NO_ITEM ? place : { ...place, item });
    });
}

function partsOfOutput(output: StoredOutput, place: Parameters<typeof resultFileNames>[0]): ResultPart[] {
  const texts = isFileMedium(output.medium) ? [] : [writtenOut(output)];
  const textType = output.medium === "json" ? "application/json" : "text/markdown";
  const names = resultFileNames(place, [...texts.map(() => ({ mediaType: textType })), ...output.files]);
  return [
    ...texts.map((content) => ({ content, bytes: Buffer.byteLength(content) })),
    ...output.files.map(({ hash, bytes }) => ({ content: { hash }, bytes })),
  ].map(({ content, bytes }, index) => ({ name: names[index] ?? "", content, bytes }));
}

function writtenOut({ medium, text, json }: StoredOutput): string {
  return medium === "json" ? `${JSON.stringify(json ?? null, null, 2)}\n` : (text ?? "");
}

function archiveName({ id, title, initialInput }: ExecutionRow): string {
  const words = [title ?? `Relais ${id}`, initialInput].map(titleForFile).filter((word) => word !== "");
  return `${words.join(" - ")}.zip`;
}

/** Sends a ZIP that is written while it is sent. */
export function sendArchive(
  c: AppContext,
  artifacts: ArtifactStore,
  { parts, changed, name }: { parts: readonly ResultPart[]; changed: Date; name: string },
) {
  const entries = parts.map((part): ZipEntry => {
    const { content } = part;
    return {
      name: part.name,
      content: typeof content === "string" ? content : () => open(artifacts, content.hash),
    };
  });
  return c.body(streamOf(writeZip(entries, changed)), 200, {
    "Content-Type": "application/zip",
    "Content-Disposition": contentDisposition("application/zip", { download: name }),
  });
}

async function open(artifacts: ArtifactStore, hash: string): Promise<AsyncIterable<Uint8Array>> {
  const content = await artifacts.open(hash);
  // What has begun to be sent can only be broken off, so that nobody takes it for the whole.
  if (!content) throw new MissingContent(hash);
  return content;
}

/** Writes only as fast as the listener takes it; the file that is open is closed when the listener goes. */
function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      cancel: async () => {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

function nothingMade(id: number | string): RelaisError {
  return new RelaisError("conflict", {
    fr: `L’exécution ${id} n’a encore aucun résultat à emporter. Rien n’a été dépensé ; revenez quand une étape est terminée.`,
    en: `Execution ${id} has no result to take away yet. Nothing was spent; come back when a step is complete.`,
  });
}

function tooMuch(id: number | string): RelaisError {
  return new RelaisError("conflict", {
    fr: `Les résultats de l’exécution ${id} font ensemble plus de 4 Go, trop pour un seul ZIP. Rien n’est perdu ; téléchargez-les un par un.`,
    en: `The results of execution ${id} are more than 4 GB together, too much for one ZIP. Nothing is lost; download them one by one.`,
  });
}
