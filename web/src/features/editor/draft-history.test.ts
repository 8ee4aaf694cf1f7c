import { describe, expect, test } from "vitest";
import {
  beginHistory,
  recordChange,
  redoChange,
  touchedStep,
  undoChange,
  type DraftHistory,
} from "./draft-history.ts";
import { EMPTY_DRAFT, moveStep, newStep, removeStep, type Draft, type DraftStep } from "./draft.ts";

const SOURCE = [newStep(0, "a"), newStep(1, "b")];

/** A draft that is changed, each time `afterMs` after the time before. */
function editing(sourceSteps: DraftStep[] = SOURCE) {
  let history = beginHistory(EMPTY_DRAFT);
  let atMs = 0;
  const stepsOf = ({ steps }: Draft) => steps ?? sourceSteps;
  return {
    change(changes: Partial<Draft>, afterMs = 100) {
      atMs += afterMs;
      history = recordChange(history, { next: { ...history.present, ...changes }, sourceSteps, atMs });
    },
    step(index: number, changes: Partial<DraftStep>, afterMs = 100) {
      const steps = stepsOf(history.present);
      const step = steps[index];
      if (step === undefined) throw new Error(`there is no step ${index}`);
      this.change({ steps: steps.with(index, { ...step, ...changes }) }, afterMs);
    },
    undo() {
      history = undoChange(history, sourceSteps);
      return history.present;
    },
    redo() {
      history = redoChange(history, sourceSteps);
      return history.present;
    },
    get history(): DraftHistory {
      return history;
    },
  };
}

describe("the history of a draft", () => {
  test("takes what is written in one field without a pause as one change", () => {
    const draft = editing();
    for (const topic of ["l", "la", "la mer"]) draft.change({ topic });
    draft.change({ topic: "la mer bleue" }, 5_000);
    expect(draft.undo().topic).toBe("la mer");
    expect(draft.undo().topic).toBe("");
    expect(draft.undo().topic).toBe("");
    expect(draft.redo().topic).toBe("la mer");
    expect(draft.redo().topic).toBe("la mer bleue");
    expect(draft.redo().topic).toBe("la mer bleue");
  });

  test("keeps two fields, and two steps, apart", () => {
    const draft = editing();
    draft.step(0, { prompt: "Écris" });
    draft.step(1, { prompt: "Illustre" });
    draft.step(1, { name: "image" });
    draft.step(1, { parameters: { size: "1024x1024" } });
    draft.step(1, { parameters: { size: "1024x1024", style: "vivid" } });
    draft.change({ values: { tone: "vif" } });
    draft.change({ values: { tone: "vif", length: 3 } });
    draft.change({ capUsd: 2 });
    expect(draft.history.past).toHaveLength(8);
  });

  test("takes every turn of a switch as a change of its own", () => {
    const draft = editing();
    draft.change({ reuse: true });
    draft.change({ reuse: false });
    draft.step(0, { approval: true });
    draft.step(0, { approval: false });
    expect(draft.history.past).toHaveLength(4);
    expect(draft.undo().steps?.[0]?.approval).toBe(true);
  });

  test("takes a change of several things at once as one, and goes on from none", () => {
    const draft = editing();
    draft.step(0, { ai_provider: "dall-e", parameters: { size: "1024x1024" } });
    draft.step(0, { ai_provider: "claude", parameters: {} });
    expect(draft.history.past).toHaveLength(2);
  });

  test("brings a removed step back with all that it held, and its references", () => {
    const draft = editing();
    draft.step(0, { prompt: "Écris", parameters: { temperature: 1 }, name: "article" });
    draft.step(1, { prompt: "Illustre {step1_output}" });
    const held = draft.history.present.steps;
    draft.change({ steps: removeStep(held ?? [], 0) });
    expect(draft.history.present.steps?.[0]?.prompt).toBe("Illustre {removed_step}");
    expect(draft.undo().steps).toEqual(held);
    expect(draft.redo().steps).toHaveLength(1);
  });

  test("brings the order back", () => {
    const draft = editing();
    draft.change({ steps: moveStep(SOURCE, 0, 1) });
    expect(draft.history.present.steps?.map(({ key }) => key)).toEqual(["b", "a"]);
    expect(draft.undo().steps).toBeNull();
  });

  test("a change after something was undone forgets what was undone, and does not go on from before", () => {
    const draft = editing();
    draft.change({ topic: "la mer" });
    draft.change({ capUsd: 1 });
    draft.undo();
    draft.change({ topic: "la montagne" });
    expect(draft.redo()).toMatchObject({ topic: "la montagne", capUsd: null });
    expect(draft.undo().topic).toBe("la mer");
  });

  test("what changes nothing is no change", () => {
    const draft = editing();
    draft.change({ topic: "" });
    draft.step(0, {});
    expect(draft.history.past).toEqual([]);
  });

  test("undone to the end, the draft is what its source is", () => {
    const draft = editing();
    draft.step(0, { prompt: "Écris" });
    draft.change({ steps: null });
    expect(draft.undo().steps?.[0]?.prompt).toBe("Écris");
    expect(draft.undo().steps).toBeNull();
  });

  test("brings steps back as they were, though the source has become another", () => {
    const old = beginHistory(EMPTY_DRAFT);
    const edited = SOURCE.map((step) => ({ ...step, prompt: "neu" }));
    const changed = recordChange(old, {
      next: { ...EMPTY_DRAFT, steps: edited },
      sourceSteps: SOURCE,
      atMs: 1,
    });
    const saved = { ...changed, present: { ...changed.present, steps: null } };
    expect(undoChange(saved, edited).present.steps).toEqual(SOURCE);
    expect(redoChange(undoChange(saved, edited), edited).present.steps).toBeNull();
  });

  test("holds no more than a person would go back", () => {
    const draft = editing();
    for (let cap = 1; cap <= 300; cap += 1) draft.change({ capUsd: cap }, 2_000);
    expect(draft.history.past).toHaveLength(200);
    expect(draft.history.past[0]?.capUsd).toBe(100);
  });
});

describe("touchedStep", () => {
  test("is the step that came back, otherwise the first that is other than it was", () => {
    const [first, second] = SOURCE;
    expect(touchedStep(SOURCE.slice(0, 1), SOURCE)).toBe("b");
    expect(touchedStep(SOURCE, [{ ...first!, prompt: "x" }, second!])).toBe("a");
    expect(touchedStep(SOURCE, SOURCE)).toBeNull();
    expect(touchedStep(SOURCE, [second!])).toBeNull();
  });
});
