import type { Json } from "../../src/workflow/values.ts";

/** What a person has typed as JSON, or what the browser finds wrong with it. */
export function readJson(text: string): { json: Json } | { problem: string } {
  try {
    const json: Json = JSON.parse(text);
    return { json };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
