import { createHash } from "node:crypto";
import type { Json } from "../workflow/values.ts";

/** A SHA-256 over JSON whose keys are sorted, so that the same request always has the same hash. */
export function requestHash(request: Record<string, Json>): string {
  return createHash("sha256").update(canonicalJson(request)).digest("hex");
}

function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.keys(value).toSorted();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join(",")}}`;
}
