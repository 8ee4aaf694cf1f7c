import type { EditorShortcutId } from "../shortcuts/shortcuts.ts";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import type { useStepActions } from "./use-step-actions.ts";

interface EditorShortcutsOptions {
  actions: ReturnType<typeof useStepActions>;
  /** From 0; -1 where no step is chosen. */
  chosenIndex: number;
  stepCount: number;
  /** Opens the search for a step that goes to this place. */
  onAdd: (index: number) => void;
  /** Null while a run is about to start. */
  onRun: ((mode: "live" | "rehearsal") => void) | null;
  onSave: () => void;
}

/** What the shortcuts of the editor do, every one of them. */
export function useEditorShortcuts(options: EditorShortcutsOptions): void {
  const { actions, chosenIndex, stepCount, onAdd, onRun, onSave } = options;
  const isChosen = chosenIndex !== -1;
  const handlers: Record<EditorShortcutId, (() => void) | null> = {
    run:
      onRun &&
      (() => {
        onRun("live");
      }),
    rehearse:
      onRun &&
      (() => {
        onRun("rehearsal");
      }),
    save: onSave,
    addStep: actions.hasRoom
      ? () => {
          onAdd(isChosen ? chosenIndex + 1 : stepCount);
        }
      : null,
    // Taken even where there is nothing to undo: what the browser would undo is in no field of the draft.
    undo: actions.undo ?? doNothing,
    redo: actions.redo ?? doNothing,
    moveUp:
      chosenIndex > 0
        ? () => {
            actions.move(chosenIndex, chosenIndex - 1);
          }
        : null,
    moveDown:
      isChosen && chosenIndex < stepCount - 1
        ? () => {
            actions.move(chosenIndex, chosenIndex + 1);
          }
        : null,
    duplicate:
      isChosen && actions.hasRoom
        ? () => {
            actions.duplicate(chosenIndex);
          }
        : null,
    remove:
      isChosen && stepCount > 1
        ? () => {
            actions.remove(chosenIndex);
          }
        : null,
  };
  useShortcuts(handlers);
}

function doNothing(): void {
  // The keys are ours, and there is nothing to do.
}
