import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "@hono/zod-openapi";
import { insertArtifact, type ArtifactRow } from "../db/artifact-store.ts";
import { RelaisError } from "../errors.ts";
import { inspectFile, type FileFacts } from "../media/inspect.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppContext } from "./app-env.ts";
import type { AppDependencies } from "./dependencies.ts";
import { artifactUrl, API_PATH } from "./execution-view.ts";
import { isUploadable, textTypeOfName } from "./media-types.ts";
import { boundaryOf, MalformedMultipart, readParts, type Part } from "./multipart.ts";
import { invalidField } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { removeOldUploads } from "./upload-removal.ts";

const MAX_FILES = 20;
const MAX_PARTS = 40;
const BYTES_PER_MEGABYTE = 1024 * 1024;

const uploadSchema = z
  .object({
    artifacts: z.array(
      z.object({
        id: z.string(),
        url: z.string(),
        media_type: z.string(),
        bytes: z.int(),
        width: z.int().optional(),
        height: z.int().optional(),
        duration_seconds: z.number().optional(),
      }),
    ),
  })
  .openapi("Upload");

export type Upload = z.output<typeof uploadSchema>;

/** Whether a request sends files: its body is not JSON, may be large, and is read as it arrives. */
export function isUpload(c: { req: { method: string; path: string } }): boolean {
  return c.req.method === "POST" && c.req.path === `${API_PATH}/artifacts`;
}

/** Registered by hand: a described body would be read into memory before the handler sees it. */
export function uploadRoutes(dependencies: AppDependencies) {
  const routes = apiRoutes();
  routes.openAPIRegistry.registerPath({
    method: "post",
    path: "/artifacts",
    operationId: "uploadArtifacts",
    summary: "Store files, for inputs and for results by hand",
    description:
      "Pictures, sounds, films, plain texts, PDF and EPUB; the type is read from the bytes. What no execution uses is removed after a day.",
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: z.object({ file: z.array(z.string().openapi({ format: "binary" })) }),
          },
        },
      },
    },
    responses: {
      201: {
        description: "Stored, in the order of the parts",
        content: { "application/json": { schema: uploadSchema } },
      },
      ...problemResponses(401, 403, 413, 415, 422),
    },
  });
  routes.post("/artifacts", async (c) => c.json(await receive(dependencies, c), 201));
  return routes;
}

/** A file of a request, in a temporary file. */
interface ReceivedFile {
  path: string;
  facts: FileFacts;
}

/** Stores all files of a request, or none. */
async function receive(dependencies: AppDependencies, c: AppContext): Promise<Upload> {
  const { uploadFolder, settings } = dependencies;
  const boundary = boundaryOf(c.req.header("Content-Type") ?? "");
  if (boundary === null) throw notMultipart();
  const length = Number(c.req.header("Content-Length") ?? 0);
  if (length > settings.maxUploadBytes) throw tooLarge(settings.maxUploadBytes);
  await mkdir(uploadFolder, { recursive: true });
  const files: ReceivedFile[] = [];
  const temporary: string[] = [];
  try {
    const body = limited(c.req.raw.body, settings.maxUploadBytes);
    let parts = 0;
    for await (const part of readParts(body, boundary)) {
      parts += 1;
      if (parts > MAX_PARTS || (part.fileName !== null && files.length === MAX_FILES)) throw tooMany();
      // Fields without a file say nothing here; the reader of parts goes over them.
      if (part.fileName === null) continue;
      const target = path.join(uploadFolder, randomUUID());
      temporary.push(target);
      await pipeline(Readable.from(part.content), createWriteStream(target, { flags: "wx", mode: 0o600 }));
      files.push({ path: target, facts: await acceptFile(target, part, files.length) });
    }
    if (files.length === 0) throw noFile();
    return { artifacts: await store(dependencies, files) };
  } catch (error) {
    throw error instanceof MalformedMultipart ? malformed() : error;
  } finally {
    for (const file of temporary) await rm(file, { force: true });
  }
}

/** What the file is by its bytes. @throws RelaisError where Relais has no use for it, or it could do harm. */
async function acceptFile(
  target: string,
  { fileName, contentType }: Part,
  index: number,
): Promise<FileFacts> {
  const hint = textTypeOfName(fileName ?? "") ?? contentType ?? undefined;
  const facts = await inspectFile({ path: target }, hint);
  if (isUploadable(facts.mediaType)) return facts;
  const name = (fileName ?? "").slice(0, 80);
  const message = {
    fr: `« ${name} » n’est pas un fichier que Relais accepte (${facts.mediaType}) : envoyez une image PNG, JPEG, WebP, GIF ou AVIF, un son, une vidéo, un texte, un PDF ou un EPUB.`,
    en: `“${name}” is no file that Relais accepts (${facts.mediaType}): send a PNG, JPEG, WebP, GIF or AVIF picture, a sound, a film, a text, a PDF or an EPUB.`,
  };
  throw new RelaisError(
    "unsupported_media_type",
    { fr: `${message.fr} Rien n’a été enregistré.`, en: `${message.en} Nothing was stored.` },
    [{ path: `file[${index}]`, message }],
  );
}

async function store(
  { db, artifacts }: AppDependencies,
  files: readonly ReceivedFile[],
): Promise<Upload["artifacts"]> {
  await removeOldUploads(db, artifacts);
  const held: string[] = [];
  try {
    const rows: ArtifactRow[] = [];
    for (const { path: file, facts } of files) {
      const { hash, bytes } = await artifacts.put({ path: file });
      held.push(hash);
      rows.push(rowOf(facts, { hash, bytes }));
    }
    await db.transaction().execute(async (trx) => {
      for (const row of rows) await insertArtifact(trx, row);
    });
    return rows.map(viewUpload);
  } finally {
    for (const hash of held) artifacts.release(hash);
  }
}

function rowOf(facts: FileFacts, content: { hash: string; bytes: number }): ArtifactRow {
  return {
    id: randomUUID(),
    ...content,
    mediaType: facts.mediaType,
    width: facts.width ?? null,
    height: facts.height ?? null,
    durationSeconds: facts.durationSeconds ?? null,
    executionId: null,
    stepNumber: null,
    item: null,
    createdAt: new Date().toISOString(),
  };
}

function viewUpload({ id, mediaType, bytes, width, height, durationSeconds }: ArtifactRow) {
  return {
    id,
    url: artifactUrl(id),
    media_type: mediaType,
    bytes,
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(durationSeconds !== null && { duration_seconds: durationSeconds }),
  };
}

/** The body as it arrives, whether or not its length was announced. @throws RelaisError beyond `maxBytes`. */
async function* limited(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

function notMultipart(): RelaisError {
  return new RelaisError("unsupported_media_type", {
    fr: "Les fichiers s’envoient en multipart/form-data. Rien n’a été enregistré.",
    en: "Files are sent as multipart/form-data. Nothing was stored.",
  });
}

function malformed(): RelaisError {
  return invalidField("file", {
    fr: "Le corps de la requête s’arrête au milieu ou n’est pas du multipart/form-data bien formé.",
    en: "The body of the request ends in the middle or is not well-formed multipart/form-data.",
  });
}

function noFile(): RelaisError {
  return invalidField("file", {
    fr: "La requête ne contient aucun fichier.",
    en: "The request holds no file.",
  });
}

function tooMany(): RelaisError {
  return invalidField("file", {
    fr: `Une requête porte au plus ${MAX_FILES} fichiers ; envoyez les autres ensuite.`,
    en: `A request takes at most ${MAX_FILES} files; send the others after it.`,
  });
}

function tooLarge(maxBytes: number): RelaisError {
  const megabytes = Math.floor(maxBytes / BYTES_PER_MEGABYTE);
  return new RelaisError("body_too_large", {
    fr: `L’envoi dépasse ${megabytes}\u00a0Mio. Rien n’a été enregistré ; envoyez moins à la fois, ou relevez RELAIS_MAX_UPLOAD_MB.`,
    en: `The upload is over ${megabytes} MiB. Nothing was stored; send less at a time, or raise RELAIS_MAX_UPLOAD_MB.`,
  });
}
