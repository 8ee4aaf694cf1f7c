/** The id of the element of a step on the page. */
export function stepElementId(key: string): string {
  return `step-${key}`;
}
