import { titleForFile } from "../workflow/result-names.ts";
import type { Json } from "../workflow/values.ts";

/** Longer titles and names are cut: they stand on covers and in lists. */
const MAX_CHARACTERS = 200;

/** The first line of a text that holds something, without Markdown marks at its start. */
export function firstLine(text: string): string {
  const line = text
    .split(/[\n\r\u2028\u2029]/u)
    .map((part) => part.replace(/^[#>*\s_-]+|[*_\s]+$/gu, ""))
    .find((part) => part !== "");
  return Array.from(line ?? "")
    .slice(0, MAX_CHARACTERS)
    .join("");
}

/** A parameter that is a text or a number; empty where it is anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

export function numberOf(value: Json | undefined, fallback: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : fallback;
}

/** What a file is called: its title, as far as every system takes it. */
export function fileName(title: string, fallback: string, extension: string): string {
  return `${titleForFile(title) || fallback}.${extension}`;
}
