/** Keys and numbers from the whole down to an entry. */
export type JsonPath = readonly (string | number)[];

/** Of a list or an object: what it holds; null for everything else. */
export function childrenOf(value: unknown): [string | number, unknown][] | null {
  if (Array.isArray(value)) {
    return value.map((child: unknown, index) => [index, child]);
  }
  return typeof value === "object" && value !== null ? Object.entries(value) : null;
}

/** A path as a reference of a prompt writes it after the name of the step: `scenes.0.title`; `$` is the whole. */
export function pathText(path: JsonPath): string {
  return path.length === 0 ? "$" : path.join(".");
}
