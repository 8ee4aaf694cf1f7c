import type { Json } from "../../../../src/workflow/values.ts";
import { isJsonObject } from "./json-object.ts";

/** A part of an answer, by its path below the whole: `chapters.0.title`. */
export interface SchemaPath {
  path: string[];
  isList: boolean;
  /** Whether it has parts itself, and so is data rather than characters. */
  isData: boolean;
}

const MAX_DEPTH = 4;
const MAX_PATHS = 60;

/** The parts that a schema of an answer names, the whole before its parts; of a list, those of its first entry. */
export function schemaPaths(schema: Json | undefined): SchemaPath[] {
  return pathsBelow(schema, []).slice(0, MAX_PATHS);
}

function pathsBelow(schema: Json | undefined, above: readonly string[]): SchemaPath[] {
  if (!isJsonObject(schema) || above.length >= MAX_DEPTH) {
    return [];
  }
  const entries: [string, Json][] = isJsonObject(schema["items"])
    ? [["0", schema["items"]]]
    : Object.entries(isJsonObject(schema["properties"]) ? schema["properties"] : {});
  const paths: SchemaPath[] = [];
  for (const [name, part] of entries) {
    if (!/^(?:[A-Za-z_]\w*|\d+)$/.test(name)) continue;
    const path = [...above, name];
    const type = isJsonObject(part) ? part["type"] : undefined;
    const isList = type === "array";
    paths.push({ path, isList, isData: isList || type === "object" }, ...pathsBelow(part, path));
  }
  return paths;
}
