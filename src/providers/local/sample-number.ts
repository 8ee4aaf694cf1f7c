import type { JsonSchema } from "./sample-schema.ts";
import type { Random } from "./seeded-random.ts";

/** How far a number may lie from a bound where the schema has no other. */
const USUAL_SPAN = 10;

/** A number within the bounds of a schema, in steps of its `multipleOf`. */
export function sampleNumber(
  schema: JsonSchema,
  { isWhole, random }: { isWhole: boolean; random: Random },
): number {
  const bound = (keyword: string): number | undefined => {
    const value = schema[keyword];
    return typeof value === "number" ? value : undefined;
  };
  const step = bound("multipleOf") ?? (isWhole ? 1 : undefined);
  const above = bound("exclusiveMinimum");
  const below = bound("exclusiveMaximum");
  const least = Math.max(bound("minimum") ?? -Infinity, above ?? -Infinity);
  const most = Math.min(bound("maximum") ?? Infinity, below ?? Infinity);
  const low = lowest(least, most);
  const high = Number.isFinite(most) ? most : low + USUAL_SPAN * (step ?? 1);
  // Strictly between the bounds, for those that are excluded.
  const between = low + (high - low) * (0.1 + 0.8 * random());
  if (step === undefined) {
    const short = Math.round(between * 100) / 100;
    return short > low && short < high ? short : between;
  }
  const first = Math.ceil(low / step) + (above !== undefined && Number.isInteger(low / step) ? 1 : 0);
  const last = Math.floor(high / step) - (below !== undefined && Number.isInteger(high / step) ? 1 : 0);
  const steps = Math.min(Math.max(Math.round(between / step), first), last);
  // 3 * 0.1 is 0.30000000000000004.
  return Number((steps * step).toPrecision(12));
}

function lowest(least: number, most: number): number {
  if (Number.isFinite(least)) return least;
  return most > 1 ? 1 : most - USUAL_SPAN;
}
