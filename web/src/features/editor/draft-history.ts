import type { Draft, DraftStep } from "./draft.ts";

/** A draft with its steps written out, whatever the source holds by the time that it comes back. */
type WholeDraft = Draft & { steps: DraftStep[] };

/** What the draft was, is, and was before it was undone. */
export interface DraftHistory {
  past: WholeDraft[];
  present: Draft;
  future: WholeDraft[];
  /** The field that was written in last, which goes on being one change until there is a pause. Null: none is open. */
  open: { field: string; atMs: number } | null;
}

/** Writing in one field is one change as long as nobody pauses for longer. */
const PAUSE_MS = 1_000;
const MAX_PAST = 200;

export function beginHistory(draft: Draft): DraftHistory {
  return { past: [], present: draft, future: [], open: null };
}

interface Change {
  next: Draft;
  /** The steps that stand for `steps: null`. */
  sourceSteps: DraftStep[];
  atMs: number;
}

/** The history after a person has changed the draft. */
export function recordChange(history: DraftHistory, { next, sourceSteps, atMs }: Change): DraftHistory {
  const before = whole(history.present, sourceSteps);
  const changed = changedFields(before, whole(next, sourceSteps));
  if (changed.length === 0) {
    return { ...history, present: next };
  }
  const [only] = changed;
  // Who gives up what was written in a field does not go on writing in it.
  const isGivenUp = next.steps === null && history.present.steps !== null;
  const field = changed.length === 1 && only?.isWritten === true && !isGivenUp ? only.field : null;
  const { open } = history;
  const goesOn = field !== null && open?.field === field && atMs - open.atMs <= PAUSE_MS;
  return {
    past: goesOn ? history.past : [...history.past, before].slice(-MAX_PAST),
    present: next,
    future: [],
    open: field === null ? null : { field, atMs },
  };
}

export function undoChange(history: DraftHistory, sourceSteps: DraftStep[]): DraftHistory {
  const { past, present, future } = history;
  const last = past.at(-1);
  return last === undefined
    ? history
    : {
        past: past.slice(0, -1),
        present: asDraft(last, sourceSteps),
        future: [whole(present, sourceSteps), ...future],
        open: null,
      };
}

export function redoChange(history: DraftHistory, sourceSteps: DraftStep[]): DraftHistory {
  const { past, present, future } = history;
  const [first, ...rest] = future;
  return first === undefined
    ? history
    : {
        past: [...past, whole(present, sourceSteps)],
        present: asDraft(first, sourceSteps),
        future: rest,
        open: null,
      };
}

/** The key of the first step that is new or other than it was; null where none is. */
export function touchedStep(before: readonly DraftStep[], after: readonly DraftStep[]): string | null {
  const old = new Map(before.map((step) => [step.key, step]));
  const added = after.find((step) => !old.has(step.key));
  const touched = added ?? after.find((step) => !isSame(step, old.get(step.key)));
  return touched?.key ?? null;
}

function whole(draft: Draft, sourceSteps: DraftStep[]): WholeDraft {
  return { ...draft, steps: draft.steps ?? sourceSteps };
}

/** Steps that are those of the source again are no change of it. */
function asDraft(draft: WholeDraft, sourceSteps: DraftStep[]): Draft {
  return isSame(draft.steps, sourceSteps) ? { ...draft, steps: null } : draft;
}

interface ChangedField {
  /** Like `topic` or `step s2 prompt`. */
  field: string;
  /** Whether it is written key by key: a switch is not. */
  isWritten: boolean;
}

function changedFields(before: WholeDraft, after: WholeDraft): ChangedField[] {
  const { steps: stepsBefore, values: valuesBefore, ...restBefore } = before;
  const { steps: stepsAfter, values: valuesAfter, ...restAfter } = after;
  return [
    ...changedIn("", restBefore, restAfter),
    ...changedIn("value ", valuesBefore, valuesAfter),
    ...changedSteps(stepsBefore, stepsAfter),
  ];
}

function changedSteps(before: readonly DraftStep[], after: readonly DraftStep[]): ChangedField[] {
  const areTheSame =
    before.length === after.length && before.every(({ key }, index) => key === after[index]?.key);
  if (!areTheSame) {
    return [{ field: "steps", isWritten: false }];
  }
  return before.flatMap((step, index) => {
    const other = after[index];
    return other === undefined || other === step ? [] : changedInStep(step, other);
  });
}

function changedInStep(before: DraftStep, after: DraftStep): ChangedField[] {
  const place = `step ${before.key} `;
  const { parameters: parametersBefore, for_each: listBefore, ...restBefore } = before;
  const { parameters: parametersAfter, for_each: listAfter, ...restAfter } = after;
  return [
    ...changedIn(place, restBefore, restAfter),
    ...changedIn(`${place}parameter `, parametersBefore, parametersAfter),
    ...(listBefore !== null && listAfter !== null
      ? changedIn(`${place}list `, listBefore, listAfter)
      : changedIn(place, { list: listBefore !== null }, { list: listAfter !== null })),
  ];
}

function changedIn(place: string, before: object, after: object): ChangedField[] {
  const old = new Map(Object.entries(before));
  const now = new Map(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => !isSame(old.get(name), now.get(name)))
    .map((name) => ({
      field: place + name,
      isWritten: typeof old.get(name) !== "boolean" && typeof now.get(name) !== "boolean",
    }));
}

function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);
}
