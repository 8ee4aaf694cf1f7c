import type { Json } from "./values.ts";

/** How a file stands in a parameter once its references are filled in. */
export interface DescribedFile {
  artifact_id: string;
}

/**
 * The files that a parameter stands for, in their order: one, a list, or a list of lists (`null` is an item that failed, and
 * is left out). Null where it holds anything else.
 */
export function describedFiles(value: Json): DescribedFile[] | null {
  if (value === null) return [];
  if (Array.isArray(value)) {
    const parts = value.map(describedFiles);
    return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? []);
  }
  if (typeof value !== "object" || !Object.hasOwn(value, "artifact_id")) return null;
  const { artifact_id } = value;
  return typeof artifact_id === "string" ? [{ artifact_id }] : null;
}
