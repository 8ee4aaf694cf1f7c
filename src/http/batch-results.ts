import { createRoute, z } from "@hono/zod-openapi";
import { MAX_ZIP_BYTES } from "../artifacts/zip-writer.ts";
import { getBatch, listBatchRows, type BatchRow } from "../db/batch-store.ts";
import type { Db } from "../db/database.ts";
import { listStepRunsOf } from "../db/step-run-store.ts";
import { RelaisError } from "../errors.ts";
import { titleForFile } from "../workflow/result-names.ts";
import { apiRoutes } from "./api-routes.ts";
import { writeBatchCsv } from "./batch-csv.ts";
import { MAX_BATCH_ROWS } from "./batch-schemas.ts";
import { contentDisposition } from "./content-disposition.ts";
import { csvStream } from "./csv.ts";
import type { AppDependencies } from "./dependencies.ts";
import { idOf, idPathSchema, missingBatch } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { partsOf, sendArchive, type ResultPart } from "./result-archive.ts";

/** The directory of a plain ZIP counts no further. */
const MAX_ZIP_FILES = 65_535;

const csvRoute = createRoute({
  method: "get",
  path: "/batches/{id}/results.csv",
  operationId: "exportBatch",
  summary: "The results of a batch as a table: a line a row, a column a step",
  request: { params: idPathSchema },
  responses: {
    200: {
      description:
        "CSV in UTF-8. Files are named by their address; what a spreadsheet would take for a formula begins with an apostrophe.",
      content: { "text/csv": { schema: z.string() } },
    },
    ...problemResponses(401, 403, 404),
  },
});

const archiveRoute = createRoute({
  method: "get",
  path: "/batches/{id}/archive",
  operationId: "downloadBatch",
  summary: "Everything that a batch has made so far, as one ZIP with a folder a row",
  request: { params: idPathSchema },
  responses: {
    200: {
      description: "The ZIP, written while it is sent",
      content: { "application/zip": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...problemResponses(401, 403, 404, 409),
  },
});

export function batchResultRoutes({ db, artifacts }: AppDependencies) {
  return apiRoutes()
    .openapi(csvRoute, async (c) => {
      const batch = await requireBatch(db, c.req.valid("param").id);
      const { origin } = new URL(c.req.url);
      const pieces = writeBatchCsv(db, { batchId: batch.id, origin, language: c.get("language") });
      return c.body(csvStream(pieces), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": contentDisposition("text/csv", { download: `${nameOf(batch)}.csv` }),
      });
    })
    .openapi(archiveRoute, async (c) => {
      const batch = await requireBatch(db, c.req.valid("param").id);
      const parts = await partsOfBatch(db, batch);
      if (parts.length === 0) throw nothingMade(batch.id);
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      if (bytes > MAX_ZIP_BYTES || parts.length > MAX_ZIP_FILES) throw tooMuch(batch.id);
      return sendArchive(c, artifacts, {
        parts,
        changed: new Date(batch.createdAt),
        name: `${nameOf(batch)}.zip`,
      });
    });
}

async function requireBatch(db: Db, idText: string): Promise<BatchRow> {
  const id = idOf(idText, missingBatch);
  const batch = await getBatch(db, id);
  if (!batch) throw missingBatch(id);
  return batch;
}

async function partsOfBatch(db: Db, batch: BatchRow): Promise<ResultPart[]> {
  const rows = await listBatchRows(db, batch.id, { limit: MAX_BATCH_ROWS });
  const runs = await listStepRunsOf(
    db,
    rows.map(({ id }) => id),
  );
  const digits = String(batch.rowCount).length;
  return rows.flatMap((row) => {
    const number = String(row.batchRow ?? 0).padStart(digits, "0");
    const folder = [number, titleForFile(row.initialInput)].filter((word) => word !== "").join(" ");
    return partsOf(row, runs.get(row.id) ?? []).map((part) =>
      Object.assign({}, part, { name: `${folder}/${part.name}` }),
    );
  });
}

function nameOf({ id, title }: BatchRow): string {
  return [`Relais ${id}`, titleForFile(title ?? "")].filter((word) => word !== "").join(" - ");
}

function nothingMade(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Le lot ${id} n’a encore aucun résultat à emporter. Rien n’a été dépensé ; revenez quand une ligne a donné quelque chose.`,
    en: `Batch ${id} has no result to take away yet. Nothing was spent; come back when a row has made something.`,
  });
}

function tooMuch(id: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `Les résultats du lot ${id} font ensemble plus de 4 Go ou 65 535 fichiers, trop pour un seul ZIP. Rien n’est perdu ; téléchargez-les ligne par ligne.`,
    en: `The results of batch ${id} are more than 4 GB or 65,535 files together, too much for one ZIP. Nothing is lost; download them row by row.`,
  });
}
