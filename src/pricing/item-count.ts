import type { Step } from "../workflow/definition.ts";
import { typedItems } from "../workflow/item-list.ts";
import { nameScope, targetOf } from "../workflow/names.ts";
import { exactReference } from "../workflow/references.ts";
import type { Json } from "../workflow/values.ts";
import type { Length } from "./expected-length.ts";

/** How many items a list of which nothing is known is taken to have. */
const USUAL_ITEMS: Length = { low: 1, likely: 5, high: 20 };

/** How many times a step runs, and whether that had to be assumed. */
export interface ItemCount extends Length {
  isAssumed: boolean;
}

/**
 * How many items a step with `for_each` runs over: those of a list that is given already, as many as the step before it
 * runs over where its list is that one's, the median of past runs, or what the schema of the list allows. Once where it has
 * no list.
 */
export function itemCountOf(
  step: Step,
  known: {
    steps: readonly Step[];
    /** Null where none is given yet. */
    topic: string | null;
    inputs: Readonly<Record<string, string | number>>;
    /** Counts of the steps before it, by number. */
    counts: ReadonlyMap<number, ItemCount>;
    /** Of past live runs of this step; null where there are none. */
    median: number | null;
  },
): ItemCount {
  const reference = step.for_each && exactReference(step.for_each.in);
  if (!reference) return { low: 1, likely: 1, high: 1, isAssumed: false };
  const { steps, topic, inputs, counts, median } = known;
  const target = targetOf(reference.name, step, nameScope(steps, Object.keys(inputs)));
  const typed = target.kind === "topic" ? topic : inputs[reference.name];
  if ((target.kind === "topic" || target.kind === "input") && typeof typed === "string" && typed !== "") {
    const { length } = typedItems(typed);
    return { low: length, likely: length, high: length, isAssumed: false };
  }
  const source =
    target.kind === "step" ? steps.find(({ step_number }) => step_number === target.stepNumber) : undefined;
  const before = source?.for_each && reference.path.length === 0 ? counts.get(source.step_number) : undefined;
  if (before) return before;
  if (median !== null) return { low: median, likely: median, high: median, isAssumed: true };
  return { ...bySchema(source?.output_schema ?? null, reference.path), isAssumed: true };
}

/** The bounds that a schema sets to a list in what it describes. */
function bySchema(schema: Record<string, Json> | null, path: readonly string[]): Length {
  let at: Json | undefined = schema ?? undefined;
  for (const name of path) at = property(property(at, "properties"), name);
  const least = property(at, "minItems");
  const most = property(at, "maxItems");
  const high = typeof most === "number" ? most : Math.max(USUAL_ITEMS.high, Number(least ?? 0));
  const low = typeof least === "number" ? least : Math.min(USUAL_ITEMS.low, high);
  return { low, likely: Math.min(Math.max(USUAL_ITEMS.likely, low), high), high };
}

function property(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
