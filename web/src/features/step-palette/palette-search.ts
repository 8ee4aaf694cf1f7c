import type { Modality } from "../../../../src/workflow/media.ts";
import type { ProviderList } from "../../api/types.ts";
import { MODALITY_ORDER } from "../../catalogue.ts";
import { choicesOf, type Choice } from "../editor/model-choices.ts";
import { foldedText } from "../fields/search-text.ts";

/** Under what a choice is listed: its medium, or what Relais composes by itself. */
type PaletteGroup = Modality | "composed";

/** One line of the palette. */
export interface PaletteEntry extends Choice {
  group: PaletteGroup;
}

/** All that can be a step, families first; what runs no more is not offered. */
export function paletteEntries(list: ProviderList | undefined): PaletteEntry[] {
  return choicesOf(list)
    .filter(({ isGone }) => !isGone)
    .map((choice) =>
      Object.assign(choice, { group: choice.isComposed ? "composed" : choice.modality } as const),
    );
}

/** What is said of an entry in the language of the page, by which it is found as well. */
interface EntryWords {
  /** What a model makes, in one word; empty for what Relais composes, which is described. */
  medium: string;
  others: string;
}
export type WordsOf = (entry: PaletteEntry) => EntryWords;

const MODELS_WHERE_NO_FAMILY = 2;
const MOST_FOUND = 60;

/** What stands in the list: what was searched for, best first; before that, the names that people know. */
export function findEntries(
  entries: readonly PaletteEntry[],
  query: string,
  wordsOf: WordsOf,
): PaletteEntry[] {
  const searched = tokensOf(query);
  if (searched.length === 0) {
    return inGroups(wellKnown(entries), MODALITY_ORDER);
  }
  const found = entries
    .map((entry) => ({ entry, distance: distanceOf(entry, searched, wordsOf(entry)) }))
    .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, MOST_FOUND)
    .map(({ entry }) => entry);
  // The group of the best comes first.
  return inGroups(
    found,
    found.map(({ group }) => group),
  );
}

/** Families, and for what has none the first models, those that can run at once before the others. */
function wellKnown(entries: readonly PaletteEntry[]): PaletteEntry[] {
  const families = entries.filter(({ isFamily }) => isFamily);
  const served = new Set(families.map(({ group }) => group));
  const others = MODALITY_ORDER.filter((modality) => !served.has(modality)).flatMap((modality) =>
    entries
      .filter((entry) => entry.group === modality)
      .toSorted((one, other) => Number(one.missing !== null) - Number(other.missing !== null))
      .slice(0, MODELS_WHERE_NO_FAMILY),
  );
  return [...families, ...others];
}

function inGroups(entries: readonly PaletteEntry[], order: readonly PaletteGroup[]): PaletteEntry[] {
  const groups = [...new Set<PaletteGroup>([...order, "composed"])];
  return groups.flatMap((group) => entries.filter((entry) => entry.group === group));
}

/** How far an entry is from what was searched for: infinitely where one of the words is nowhere in it. */
function distanceOf(entry: PaletteEntry, searched: readonly string[], words: EntryWords): number {
  const label = foldedText(entry.label);
  // Who types "voice" wants a model that speaks, before what puts voices together.
  const nameWords = tokensOf(`${entry.label} ${entry.value} ${words.medium}`);
  const vendorWords = tokensOf(entry.provider);
  const otherWords = tokensOf(words.others);
  const distance = searched.reduce((sum, token) => {
    if (label.startsWith(token)) return sum;
    if (begins(nameWords, token)) return sum + 1;
    if (begins(otherWords, token)) return sum + 2;
    if (begins(vendorWords, token)) return sum + 3;
    return label.includes(token) ? sum + 4 : Number.POSITIVE_INFINITY;
  }, 0);
  return distance - (entry.isFamily ? 0.5 : 0) + (entry.missing === null ? 0 : 0.25);
}

function begins(words: readonly string[], token: string): boolean {
  return words.some((word) => word.startsWith(token));
}

function tokensOf(text: string): string[] {
  return foldedText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
