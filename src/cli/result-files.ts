import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Execution, ItemResult, Result } from "../http/schemas.ts";
import { messageOf } from "../errors.ts";
import { extensionOf } from "../workflow/result-names.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT } from "./command-failure.ts";
import { refusal } from "./refusal.ts";

/** Makes the folder of the results before anything is spent. @throws CommandFailure where that cannot be. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new CommandFailure(
      {
        fr: `Le dossier ${folder} ne peut pas être créé (${messageOf(error)}). Rien n’a été lancé ni dépensé ; choisissez-en un autre avec --out.`,
        en: `The folder ${folder} cannot be made (${messageOf(error)}). Nothing was started or spent; choose another one with --out.`,
      },
      EXIT.usage,
    );
  }
}

/** Writes every result into a folder, and the whole execution as `execution.json`; returns the paths. */
export async function writeResults(client: Client, execution: Execution, folder: string): Promise<string[]> {
  await makeFolder(folder);
  const paths: string[] = [];
  for (const result of execution.results) {
    for (const { name, source } of filesOf(result)) {
      const file = path.join(folder, name);
      await (typeof source === "string" ? writeFile(file, source) : download(client, source.url, file));
      paths.push(file);
    }
  }
  const record = path.join(folder, "execution.json");
  await writeFile(record, `${JSON.stringify(execution, null, 2)}\n`);
  return [...paths, record];
}

interface ResultFileToWrite {
  name: string;
  source: string | { url: string };
}

/**
 * `2-illustration.png`; several files of one step are `2-song-1.mp3`, `2-song-2.mp3`; those of items are numbered by their
 * item, so that they stay in order: `3-picture-01.png`.
 */
function filesOf(result: Result): ResultFileToWrite[] {
  const type = result.items?.[0]?.type ?? result.type;
  const base = `${result.step_number}-${result.name ?? type}`;
  if (!result.items) return contentOf(result, base);
  const last = result.items.at(-1)?.item ?? 0;
  const digits = Math.max(2, String(last + 1).length);
  return result.items.flatMap((item) =>
    contentOf(item, `${base}-${String(item.item + 1).padStart(digits, "0")}`),
  );
}

function contentOf(result: Result | ItemResult, base: string): ResultFileToWrite[] {
  const files =
    result.files ??
    (result.url === undefined
      ? []
      : [{ url: result.url, media_type: result.media_type ?? "", file_name: result.file_name }]);
  const written: ResultFileToWrite[] = files.map(
    ({ url, media_type: mediaType, file_name: name }, index) => ({
      name: `${base}${files.length > 1 ? `-${index + 1}` : ""}.${extensionOf({ mediaType, name }, "document")}`,
      source: { url },
    }),
  );
  if (result.text !== undefined) written.push({ name: `${base}.md`, source: result.text });
  if (result.json !== undefined) {
    written.push({ name: `${base}.json`, source: `${JSON.stringify(result.json, null, 2)}\n` });
  }
  return written;
}

async function download(client: Client, url: string, file: string): Promise<void> {
  const answer = await client.fetch(url);
  if (!answer.ok || !answer.body) throw await refusal(answer);
  await writeFile(file, answer.body);
}
