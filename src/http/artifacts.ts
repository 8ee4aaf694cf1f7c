import { Readable } from "node:stream";
import { createRoute, z } from "@hono/zod-openapi";
import { StoreUnavailable, type ArtifactStore } from "../artifacts/store.ts";
import { THUMBNAIL_SIDES, type ThumbnailSide } from "../artifacts/thumbnail-cache.ts";
import { getArtifact, type ArtifactRow } from "../db/artifact-store.ts";
import type { Db } from "../db/database.ts";
import { getExecution } from "../db/execution-store.ts";
import { getStepRun } from "../db/step-run-store.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { mediumOfType } from "../workflow/media.ts";
import { resultFileNames } from "../workflow/result-names.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppContext } from "./app-env.ts";
import { parseRange, type ByteRange } from "./byte-range.ts";
import { contentDisposition, isPdf } from "./content-disposition.ts";
import type { AppDependencies } from "./dependencies.ts";
import { invalidField, missingArtifact } from "./path-id.ts";
import { problemResponse, problemResponses } from "./problem.ts";
import type { Thumbnails } from "./thumbnails.ts";

/** Model output is untrusted: opened by itself it may show, but run nothing, load nothing and send nothing. */
const FILE_POLICY =
  "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/**
 * A PDF that is read in place. Browsers refuse to start their reader in a sandbox, or where its own styles are refused; it
 * runs apart from the page, and a PDF, which `nosniff` keeps from being anything else, can reach nothing of this origin.
 * Only the page itself may frame it.
 */
const READER_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** An id never changes its content. Private: it may be behind an access token. Sent as it is, so that parts fit. */
const KEPT_FOREVER = "private, max-age=31536000, immutable, no-transform";

const FILE_CONTENT = {
  "*/*": { schema: z.string().openapi({ format: "binary" }) },
};

const getArtifactRoute = createRoute({
  method: "get",
  path: "/artifacts/{id}",
  operationId: "getArtifact",
  summary: "A stored file, whole or in part",
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({
      download: z.string().optional().openapi({ description: "Saves the file, under this name." }),
      read: z
        .string()
        .optional()
        .openapi({ description: "`1` opens a PDF in place, in the page of Relais or by itself." }),
      thumbnail: z
        .string()
        .optional()
        .openapi({
          enum: THUMBNAIL_SIDES.map(String),
          description:
            "A small WebP of a picture or film instead, which fits into a square of so many pixels; 404 where none can be made.",
        }),
    }),
    headers: z.object({ range: z.string().optional(), "if-none-match": z.string().optional() }),
  },
  responses: {
    200: { description: "The file", content: FILE_CONTENT },
    206: { description: "The part asked for", content: FILE_CONTENT },
    304: { description: "It has not changed; it never does" },
    ...problemResponses(401, 403, 404, 416, 422, 503),
  },
});

export function artifactRoutes(dependencies: AppDependencies) {
  return apiRoutes().openapi(getArtifactRoute, (c) =>
    serveArtifact(dependencies, c, c.req.valid("param").id),
  );
}

async function serveArtifact(dependencies: AppDependencies, c: AppContext, id: string): Promise<Response> {
  const { db, artifacts } = dependencies;
  const artifact = await getArtifact(db, id);
  if (!artifact) throw missingArtifact(id);
  const thumbnail = c.req.query("thumbnail");
  if (thumbnail !== undefined) return await serveThumbnail(dependencies, c, { artifact, asked: thumbnail });
  const etag = `"${artifact.hash}"`;
  const range = requestedRange(c, artifact, etag);
  if (range === "unsatisfiable") return rangeProblem(c, artifact);
  const headers = fileHeaders(artifact, {
    download: c.req.query("download"),
    suggested: await suggestedName(db, artifact),
    isRead: c.req.query("read") === "1",
  });
  if (matches(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
  headers["Content-Length"] = String(range ? range.end - range.start + 1 : artifact.bytes);
  if (range) headers["Content-Range"] = `bytes ${range.start}-${range.end}/${artifact.bytes}`;
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD") return c.body(null, status, headers);
  const content = await openContent(artifacts, artifact, range ?? undefined);
  if (!content) throw missingArtifact(id);
  return c.body(webStream(content), status, headers);
}

async function serveThumbnail(
  { thumbnails }: AppDependencies,
  c: AppContext,
  { artifact, asked }: { artifact: ArtifactRow; asked: string },
): Promise<Response> {
  const side = THUMBNAIL_SIDES.find((each) => String(each) === asked);
  if (side === undefined) {
    throw invalidField("thumbnail", {
      fr: `« thumbnail » est ${THUMBNAIL_SIDES.join(", ")}.`,
      en: `“thumbnail” is ${THUMBNAIL_SIDES.join(", ")}.`,
    });
  }
  const etag = `"${artifact.hash}-${side}"`;
  const headers = {
    "Content-Type": "image/webp",
    "Content-Security-Policy": FILE_POLICY,
    "Cache-Control": KEPT_FOREVER,
    ETag: etag,
  };
  if (matches(c.req.header("If-None-Match"), etag)) return c.body(null, 304, headers);
  const content = await readThumbnail(thumbnails, artifact, side);
  if (!content) throw noThumbnail(artifact.id);
  return c.body(content, 200, { ...headers, "Content-Length": String(content.length) });
}

async function readThumbnail(thumbnails: Thumbnails, artifact: ArtifactRow, side: ThumbnailSide) {
  try {
    return await thumbnails.read(artifact, side);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw filesUnavailable();
    throw error;
  }
}

function noThumbnail(id: string): RelaisError {
  return new RelaisError("not_found", {
    fr: `Il n’y a pas de vignette du fichier « ${id} » : ce n’est ni une image ni une vidéo, ou il ne peut pas être lu. Le fichier lui-même est là.`,
    en: `There is no thumbnail of the file “${id}”: it is no picture or film, or it cannot be read. The file itself is there.`,
  });
}

async function openContent(
  artifacts: ArtifactStore,
  { hash }: ArtifactRow,
  range: ByteRange | undefined,
): Promise<Readable | null> {
  try {
    return await artifacts.open(hash, range);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw filesUnavailable();
    throw error;
  }
}

function filesUnavailable(): RelaisError {
  return new RelaisError("files_unavailable", {
    fr: "Le service où Relais garde ses fichiers ne répond pas ou refuse l’accès. Rien n’est perdu ni facturé. Réessayez dans un moment ; si cela dure, regardez le journal et RELAIS_ARTIFACTS.",
    en: "The service where Relais keeps its files does not answer or refuses access. Nothing is lost or billed. Try again in a moment; if it goes on, see the log and RELAIS_ARTIFACTS.",
  });
}

/** As the archive of all results calls it; null for a file that no step made. */
async function suggestedName(db: Db, artifact: ArtifactRow): Promise<string | null> {
  const { id, executionId, stepNumber, item } = artifact;
  if (executionId === null || stepNumber === null) return null;
  const execution = await getExecution(db, executionId);
  const step = execution?.steps.find(({ step_number }) => step_number === stepNumber);
  const run = await getStepRun(db, executionId, { stepNumber, item: item ?? NO_ITEM });
  const files = run?.output?.files ?? [];
  const names = resultFileNames(
    {
      stepNumber,
      stepName: step?.name ?? null,
      medium: run?.output?.medium ?? mediumOfType(artifact.mediaType),
      ...(item !== null && item !== NO_ITEM && { item }),
    },
    files,
  );
  return names[files.findIndex(({ artifactId }) => artifactId === id)] ?? null;
}

function fileHeaders(
  artifact: ArtifactRow,
  handover: Parameters<typeof contentDisposition>[1],
): Record<string, string> {
  const disposition = contentDisposition(artifact.mediaType, handover);
  const isReader = isPdf(artifact.mediaType) && disposition.startsWith("inline");
  return {
    "Content-Type": artifact.mediaType,
    "Content-Disposition": disposition,
    "Content-Security-Policy": isReader ? READER_POLICY : FILE_POLICY,
    ETag: `"${artifact.hash}"`,
    "Accept-Ranges": "bytes",
    "Cache-Control": KEPT_FOREVER,
  };
}

function requestedRange(c: AppContext, artifact: ArtifactRow, etag: string) {
  const ifRange = c.req.header("If-Range");
  const isOfAnother = ifRange !== undefined && ifRange !== etag;
  return isOfAnother ? null : parseRange(c.req.header("Range"), artifact.bytes);
}

function rangeProblem(c: AppContext, { bytes }: ArtifactRow): Response {
  c.header("Content-Range", `bytes */${bytes}`);
  return problemResponse(
    c,
    new RelaisError("range_not_satisfiable", {
      fr: `Le fichier a ${bytes} octets et la partie demandée commence plus loin. Demandez-le en entier.`,
      en: `The file has ${bytes} bytes and the part asked for begins beyond. Ask for all of it.`,
    }),
  );
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = new Set((ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, "")));
  return tags.has(etag) || tags.has("*");
}

/** Reads from disk only as fast as the listener takes it, and closes the file when the listener goes. */
function webStream(content: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks: AsyncIterator<Uint8Array<ArrayBuffer>> = content[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => {
        content.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
