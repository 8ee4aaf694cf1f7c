import type { Json } from "../../workflow/values.ts";

export type JsonSchema = Record<string, Json>;

/** A schema that refers to itself without an end is followed so far. */
const MAX_REFERENCES = 20;

/** How many more schemas may be put together for one sample: references within references multiply. */
export interface MergeBudget {
  left: number;
}

/**
 * The keywords that a value has to follow: those of the schema, of what it refers to inside `root`, of all of `allOf`, and of
 * the first of `anyOf` and `oneOf`.
 */
export function effectiveSchema(given: Json, root: JsonSchema, budget: MergeBudget, depth = 0): JsonSchema {
  budget.left -= 1;
  if (!isSchema(given) || depth > MAX_REFERENCES || budget.left < 0) return {};
  const { $ref: reference, allOf, anyOf, oneOf, ...own } = given;
  const target = typeof reference === "string" ? referredTo(reference, root) : undefined;
  const parts = [target, ...listOf(allOf), listOf(anyOf)[0], listOf(oneOf)[0]];
  return parts
    .map((part) => (part === undefined ? {} : effectiveSchema(part, root, budget, depth + 1)))
    .reduce(merged, own);
}

/** Properties and the names of required ones add up; of any other keyword the latter holds. */
function merged(schema: JsonSchema, more: JsonSchema): JsonSchema {
  const properties = { ...schemaIn(schema, "properties"), ...schemaIn(more, "properties") };
  const required = [...listOf(schema["required"]), ...listOf(more["required"])];
  return {
    ...schema,
    ...more,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

/** What `#/$defs/scene` names. */
function referredTo(reference: string, root: JsonSchema): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  const parts = reference.slice(1).split("/").slice(1);
  let found: Json | undefined = root;
  for (const part of parts) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (found === null || typeof found !== "object") return undefined;
    found = Object.hasOwn(found, name) ? Reflect.get(found, name) : undefined;
    if (found === undefined) return undefined;
  }
  return found;
}

export function schemaIn(schema: JsonSchema, keyword: string): JsonSchema | undefined {
  const value = schema[keyword];
  return value !== undefined && isSchema(value) ? value : undefined;
}

export function schemasIn(schema: JsonSchema, keyword: string): Json[] {
  return listOf(schema[keyword]);
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function isSchema(value: Json): value is JsonSchema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
