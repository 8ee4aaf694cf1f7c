import { writeFile } from "node:fs/promises";
import path from "node:path";
import { stepSchema } from "../workflow/definition.ts";
import { describedFiles } from "../workflow/described-files.ts";
import { mediumOfType } from "../workflow/media.ts";
import type { Json } from "../workflow/values.ts";
import type { ComposeContext, ComposeFile, ComposeRequest } from "./composer.ts";

/** A request for a composer, as the port makes it. */
export function composeRequest(parameters: Record<string, Json>, prompt = "Un titre"): ComposeRequest {
  const step = stepSchema.parse({ step_number: 2, ai_provider: "mix", prompt });
  return { step, prompt, parameters, topic: "Un sujet" };
}

/** How a file stands in a parameter. */
export function fileParameter(name: string): Json {
  return { artifact_id: name };
}

/**
 * A context whose files are those of a folder, by their names. The type of a file is what its name says, as it is what a vendor claims.
 */
export function composeContext(
  folder: string,
  more: Partial<Pick<ComposeContext, "signal" | "onProgress">> = {},
): ComposeContext {
  const types: Record<string, string> = {
    wav: "audio/wav",
    mp3: "audio/mpeg",
    mp4: "video/mp4",
    png: "image/png",
  };
  const fileOf = (name: string): ComposeFile => {
    const mediaType = types[path.extname(name).slice(1)] ?? "application/octet-stream";
    const place = path.join(folder, name);
    return { artifactId: name, hash: name, mediaType, medium: mediumOfType(mediaType), path: place };
  };
  return {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    folder,
    files: async (parameter) =>
      (describedFiles(parameter ?? null) ?? []).map((file) => fileOf(file.artifact_id)),
    results: async () => [],
    provenance: null,
    ...more,
  };
}

/** Puts files of these contents into a folder. */
export async function putFiles(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(([name, content]) => writeFile(path.join(folder, name), content)),
  );
}
