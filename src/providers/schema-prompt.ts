import type { Json } from "../workflow/values.ts";

/**
 * A prompt that asks for JSON by a schema. It is asked for in words too, beside the field that vendors have for it, since
 * many servers take that field and do not heed it.
 */
export function promptWithSchema(prompt: string, schema: Record<string, Json> | null): string {
  if (schema === null) return prompt;
  const asked = "Answer with JSON alone, without a fence around it, that fits this JSON Schema:";
  return `${prompt}\n\n${asked}\n${JSON.stringify(schema)}`;
}
