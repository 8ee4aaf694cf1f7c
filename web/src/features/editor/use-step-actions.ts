import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { MAX_STEPS } from "../../../../src/workflow/definition.ts";
import { hideUndoToast, showUndoToast } from "../../components/undo-toast.tsx";
import { duplicateStep, insertStep, moveStep, removeStep, type DraftStep, type NewStep } from "./draft.ts";
import type { useChosenStep } from "./use-chosen-step.ts";
import type { useDraft } from "./use-draft.ts";

const REMOVED_TOAST = "removed-step";

interface StepActionsOptions {
  draft: ReturnType<typeof useDraft>;
  chosen: ReturnType<typeof useChosenStep>;
  /** Runs before every change: what was said of the steps was about them as they were. */
  onChange: () => void;
}

/** Everything that changes the draft, each a change that can be undone, with the step that it is about in sight. */
export function useStepActions({ draft, chosen, onChange }: StepActionsOptions) {
  const { steps } = draft;
  const begin = () => {
    // The button on it undoes the last change, which this one is now.
    hideUndoToast(REMOVED_TOAST);
    onChange();
  };
  const sayRemoved = useRemovedToast();
  const edit: typeof draft.changeSteps = (changing) => {
    begin();
    draft.changeSteps(changing);
  };
  const go = (way: () => string | null) => () => {
    begin();
    const touched = way();
    if (touched !== null) {
      chosen.reveal(touched, { focus: "if_lost" });
    }
  };
  const undo = go(draft.undo);
  const show = (step: DraftStep | undefined, focus: "field" | "if_lost") => {
    if (step !== undefined) {
      chosen.reveal(step.key, { focus });
    }
  };

  return {
    edit,
    change: (changes: Parameters<typeof draft.change>[0]) => {
      begin();
      draft.change(changes);
    },
    hasRoom: steps.length < MAX_STEPS,
    add: (step: NewStep) => {
      edit((all) => insertStep(all, step));
      show(insertStep(steps, step)[step.index], "field");
    },
    duplicate: (index: number) => {
      edit((all) => duplicateStep(all, index));
      show(duplicateStep(steps, index)[index + 1], "field");
    },
    move: (from: number, to: number) => {
      edit((all) => moveStep(all, from, to));
      show(steps[from], "if_lost");
    },
    remove: (index: number) => {
      const removed = steps[index];
      edit((all) => removeStep(all, index));
      show(steps[index + 1] ?? steps[index - 1], "if_lost");
      sayRemoved(index, removed?.name ?? null, undo);
    },
    undo: draft.canUndo ? undo : null,
    redo: draft.canRedo ? go(draft.redo) : null,
  };
}

/** Says that a step was removed, with the button that brings it back. It goes away with the editor. */
function useRemovedToast() {
  const { t } = useTranslation();
  useEffect(
    () => () => {
      hideUndoToast(REMOVED_TOAST);
    },
    [],
  );
  return (index: number, name: string | null, onUndo: () => void) => {
    const number = index + 1;
    showUndoToast({
      id: REMOVED_TOAST,
      message: name ? t("builder.removedNamed", { number, name }) : t("builder.removed", { number }),
      undoText: t("builder.undo"),
      onUndo,
    });
  };
}
