import type { StoredOutput } from "../db/stored-values.ts";
import { isHeard } from "../workflow/media.ts";
import type { FileValue, Json, Value } from "../workflow/values.ts";

/** What a stored output is for the steps that refer to it. */
export function valueOf(output: StoredOutput): Value {
  const { json, itemCount } = output;
  const files = withWords(output);
  if (files.length > 0) return { kind: "files", files, ...(itemCount !== undefined && { itemCount }) };
  if (json !== undefined) {
    const text = itemCount === undefined ? undefined : joinedTexts(json);
    return { kind: "json", json, ...(text !== undefined && { text }) };
  }
  return { kind: "text", text: output.text ?? "" };
}

/** The files of an output. Word times that stand beside them are of the one that is heard. */
function withWords({ files, words }: StoredOutput): FileValue[] {
  const heard = words && files.find((file) => isHeard(file.medium) && !file.words);
  return heard ? files.map((file) => (file === heard ? { ...file, words } : file)) : files;
}

/** Texts that items wrote read as one text, one below the other; undefined where they are not all texts. */
function joinedTexts(json: Json): string | undefined {
  const made = Array.isArray(json) ? json.filter((entry) => entry !== null) : [];
  return made.length > 0 && made.every((entry) => typeof entry === "string") ? made.join("\n\n") : undefined;
}
