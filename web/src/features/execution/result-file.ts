import { resultFileName, resultFileNames } from "../../../../src/workflow/result-names.ts";
import type { Result } from "../../api/types.ts";
import { captionsOf } from "../preview/captions.ts";

/** One file of a result, ready to be offered for download. */
export interface ResultFile {
  url: string;
  fileName: string;
  bytes: number | null;
}

/** A result, or what one item of it has made. */
export type NamedResult = Result & { item?: number };

/** What the text or data of a result is called as a file, such as `01-article.md`; its captions as `text/vtt`. */
export function textNameOf(result: NamedResult, mediaType?: string): string {
  return resultFileName({ ...placeOf(result), ...(mediaType === undefined ? {} : { mediaType }) });
}

/** The stored files of a result, as the archive of all results calls them; a text without one has none. */
export function filesOf(result: NamedResult): ResultFile[] {
  const { url, media_type = "", bytes = null, file_name } = result;
  const files = result.files ?? (url === undefined ? [] : [{ url, media_type, bytes, file_name }]);
  const names = resultFileNames(
    placeOf(result),
    files.map((file) => ({ mediaType: file.media_type, name: file.file_name })),
  );
  return files.map((file, index) => ({ url: file.url, fileName: names[index] ?? "", bytes: file.bytes }));
}

function placeOf({ step_number, name, type, item }: NamedResult) {
  const place = { stepNumber: step_number, stepName: name, medium: type };
  return item === undefined ? place : { ...place, item };
}

/** Whether a result is a list of texts, which reads as one. */
export function isListOfTexts(result: Result): boolean {
  return result.items !== undefined && result.items.every(({ type }) => type === "text");
}

/** What Copy copies: the text, texts of a list one below the other, or JSON written out; null for media. */
export function copyableText(result: Result): string | null {
  if (isListOfTexts(result)) {
    return (result.items ?? []).map(({ text }) => text ?? "").join("\n\n");
  }
  if (result.type === "text") {
    return result.text ?? "";
  }
  return result.type === "json" ? JSON.stringify(result.json, null, 2) : null;
}

/** Captions of what was heard, for a text whose words have times; null for everything else. */
export function captionsOfText(result: Result): string | null {
  return result.type === "text" && result.words !== undefined && result.words.length > 0
    ? captionsOf(result.words)
    : null;
}

/** Saves characters that have no stored file of their own. */
export function saveText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
