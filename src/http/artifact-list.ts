import { createRoute, z } from "@hono/zod-openapi";
import {
  listArtifacts,
  listMakers,
  listOrigins,
  makerKey,
  type ArtifactFilter,
  type ArtifactMaker,
  type ArtifactOrigin,
  type ArtifactPlace,
  type ListedArtifact,
} from "../db/artifact-list.ts";
import { deleteUpload, getArtifact } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";
import { findExecutions } from "../db/execution-search.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { ARTIFACT_KINDS, mediumOfType } from "../workflow/media.ts";
import { extensionOf, resultFileNames } from "../workflow/result-names.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { artifactUrl } from "./execution-view.ts";
import { historyQueryFields, readHistoryQuery } from "./history-query.ts";
import { pageQuerySchema, readLimit } from "./list-query.ts";
import { idOf, invalidField, missingArtifact } from "./path-id.ts";
import { problemResponses } from "./problem.ts";

/** So many of the newest executions that a search finds are looked through for files. */
const SEARCHED_EXECUTIONS = 1_000;

const listedArtifactSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    file_name: z.string(),
    media_type: z.string(),
    kind: z.enum(ARTIFACT_KINDS),
    bytes: z.int(),
    width: z.int().optional(),
    height: z.int().optional(),
    duration_seconds: z.number().optional(),
    created_at: z.string(),
    /** A person sent it; no step made it. */
    is_upload: z.boolean(),
    /** Where it was made, or used first. */
    execution_id: z.int().optional(),
    step_number: z.int().optional(),
    step_name: z.string().optional(),
    item: z.int().optional(),
    title: z.string().optional(),
    model: z.string().optional(),
    performed_by: z.string().optional(),
    mode: z.enum(["live", "rehearsal"]).optional(),
  })
  .openapi("ListedArtifact");

const artifactListSchema = z
  .object({ artifacts: z.array(listedArtifactSchema), next_cursor: z.string().nullable() })
  .openapi("ArtifactList");

export type ListedArtifactWire = z.output<typeof listedArtifactSchema>;
export type ArtifactList = z.output<typeof artifactListSchema>;

const listQuerySchema = pageQuerySchema.extend({
  kind: z.enum(ARTIFACT_KINDS).optional(),
  uploads: z
    .enum(["1", "0"])
    .optional()
    .openapi({ description: "`1`: only what people sent; `0`: only what steps made." }),
  workflow_id: z.string().optional().openapi({ type: "integer", minimum: 1 }),
  ...historyQueryFields,
});

const listArtifactsRoute = createRoute({
  method: "get",
  path: "/artifacts",
  operationId: "listArtifacts",
  summary: "All stored files, newest first, each with where it came from",
  description: `The same content is listed once, as what it was first. A search looks through the files of the newest ${SEARCHED_EXECUTIONS} executions that it finds.`,
  request: { query: listQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: artifactListSchema } } },
    ...problemResponses(401, 403, 422),
  },
});

const deleteArtifactRoute = createRoute({
  method: "delete",
  path: "/artifacts/{id}",
  operationId: "deleteArtifact",
  summary: "Remove an uploaded file that no execution uses",
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: "Removed" }, ...problemResponses(401, 403, 404, 409) },
});

export function artifactListRoutes(dependencies: AppDependencies) {
  const { db } = dependencies;
  return apiRoutes()
    .openapi(listArtifactsRoute, async (c) => {
      const query = c.req.valid("query");
      const limit = readLimit(query.limit);
      const filter = await filterOf(db, query);
      // One more than the page takes says whether there is another page.
      const found = await listArtifacts(db, { ...filter, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const next = found.length > limit && last ? writeCursor(last) : null;
      return c.json({ artifacts: await viewArtifacts(db, shown), next_cursor: next }, 200);
    })
    .openapi(deleteArtifactRoute, async (c) => {
      await removeUpload(dependencies, c.req.valid("param").id);
      return c.body(null, 204);
    });
}

async function filterOf(
  db: Db,
  query: z.output<typeof listQuerySchema>,
): Promise<Omit<ArtifactFilter, "limit">> {
  const { words, ...days } = readHistoryQuery(query);
  const { kind, uploads, workflow_id: workflowId, cursor } = query;
  return {
    ...days,
    ...(cursor !== undefined && { after: readCursor(cursor) }),
    ...(kind !== undefined && { kind }),
    ...(uploads !== undefined && { isUpload: uploads === "1" }),
    ...(words && { executionIds: await findExecutions(db, words, { limit: SEARCHED_EXECUTIONS }) }),
    ...(workflowId !== undefined && {
      workflowId: idOf(workflowId, () =>
        invalidField("workflow_id", {
          fr: "« workflow_id » est le numéro d’une combinaison.",
          en: "“workflow_id” is the number of a workflow.",
        }),
      ),
    }),
  };
}

async function viewArtifacts(db: Db, rows: ListedArtifact[]): Promise<ListedArtifactWire[]> {
  const executionIds = rows.flatMap(({ executionId }) => executionId ?? []);
  const origins = await listOrigins(db, [...new Set(executionIds)]);
  const places = rows.flatMap((row) => placeOf(row) ?? []);
  const makers = await listMakers(db, [...new Map(places.map((place) => [makerKey(place), place])).values()]);
  return rows.map((row) => {
    const place = placeOf(row);
    return viewArtifact(row, {
      origin: row.executionId === null ? undefined : origins.get(row.executionId),
      maker: place ? makers.get(makerKey(place)) : undefined,
    });
  });
}

function placeOf({ executionId, stepNumber, item }: ListedArtifact) {
  return executionId === null || stepNumber === null
    ? null
    : { executionId, stepNumber, item: item ?? NO_ITEM };
}

function viewArtifact(
  row: ListedArtifact,
  { origin, maker }: { origin: ArtifactOrigin | undefined; maker: ArtifactMaker | undefined },
): ListedArtifactWire {
  const { stepNumber, item } = row;
  const stepName = origin?.steps.find(({ step_number }) => step_number === stepNumber)?.name;
  return {
    id: row.id,
    url: artifactUrl(row.id),
    file_name: fileNameOf(row, { stepName: stepName ?? null, maker }),
    media_type: row.mediaType,
    kind: row.kind,
    bytes: row.bytes,
    ...(row.width !== null && { width: row.width }),
    ...(row.height !== null && { height: row.height }),
    ...(row.durationSeconds !== null && { duration_seconds: row.durationSeconds }),
    created_at: row.createdAt,
    is_upload: stepNumber === null,
    ...(row.executionId !== null && { execution_id: row.executionId }),
    ...(stepNumber !== null && { step_number: stepNumber }),
    ...(stepName && { step_name: stepName }),
    ...(item !== null && item !== NO_ITEM && { item }),
    ...(origin && { mode: origin.mode }),
    ...(origin?.title && { title: origin.title }),
    ...(maker?.model && { model: maker.model }),
    ...(maker?.performedBy && { performed_by: maker.performedBy }),
  };
}

/** As the archive of all results calls it; an uploaded file by what it is, since what it was called is not kept. */
function fileNameOf(
  { id, mediaType, stepNumber, item }: ListedArtifact,
  { stepName, maker }: { stepName: string | null; maker: ArtifactMaker | undefined },
): string {
  const medium = maker?.output?.medium ?? mediumOfType(mediaType);
  if (stepNumber === null) return `${id.slice(0, 8)}.${extensionOf({ mediaType }, medium)}`;
  const files = maker?.output?.files ?? [];
  const isItem = item !== null && item !== NO_ITEM;
  const place = { stepNumber, stepName, medium, ...(isItem && { item }) };
  const index = files.findIndex(({ artifactId }) => artifactId === id);
  const [own = ""] = resultFileNames(place, [{ mediaType }]);
  return resultFileNames(place, files)[index] ?? own;
}

async function removeUpload({ db, artifacts }: AppDependencies, id: string): Promise<void> {
  const removed = await db.transaction().execute((trx) => deleteUpload(trx, id));
  if (removed) {
    for (const hash of removed.hashes) await artifacts.remove(hash);
    return;
  }
  const artifact = await getArtifact(db, id);
  if (!artifact) throw missingArtifact(id);
  throw new RelaisError("conflict", {
    fr: `Ce fichier appartient à l’exécution ${artifact.executionId} et n’a pas été supprimé. Il part avec elle ; seul un fichier envoyé que rien n’utilise se supprime seul.`,
    en: `This file belongs to execution ${artifact.executionId} and was not removed. It goes with it; only an uploaded file that nothing uses can be removed by itself.`,
  });
}

const CURSOR = /^artifacts:([^|]{1,40})\|(.{1,100})$/;

function writeCursor({ createdAt, id }: ArtifactPlace): string {
  return Buffer.from(`artifacts:${createdAt}|${id}`).toString("base64url");
}

/** @throws RelaisError `invalid_request` for a cursor that this list did not hand out. */
function readCursor(cursor: string): ArtifactPlace {
  const [, createdAt, id] = CURSOR.exec(Buffer.from(cursor, "base64url").toString("utf8")) ?? [];
  // Writing it again refuses what base64 decoding forgives.
  if (createdAt !== undefined && id !== undefined && writeCursor({ createdAt, id }) === cursor) {
    return { createdAt, id };
  }
  throw invalidField("cursor", {
    fr: "« cursor » n’est pas un curseur de cette liste ; prenez le « next_cursor » de la page précédente.",
    en: "“cursor” is not a cursor of this list; take “next_cursor” of the page before.",
  });
}
