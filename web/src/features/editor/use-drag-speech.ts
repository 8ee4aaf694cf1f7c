import type { Announcements, ScreenReaderInstructions, UniqueIdentifier } from "@dnd-kit/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { DraftStep } from "./draft.ts";

interface DragSpeech {
  announcements: Announcements;
  screenReaderInstructions: ScreenReaderInstructions;
}

/** What is said aloud while a step is moved, for those who do not see it. */
export function useDragSpeech(steps: readonly DraftStep[]): DragSpeech {
  const { t } = useTranslation();
  /** Whether the step has left its place: that it lies where it was lifted needs no saying. */
  const hasLeft = useRef(false);
  const placeOf = (id: UniqueIdentifier | undefined) => steps.findIndex(({ key }) => key === id) + 1;
  const nameOf = (id: UniqueIdentifier) => {
    const number = placeOf(id);
    const name = steps[number - 1]?.name;
    return name ? t("builder.drag.named", { number, name }) : t("editor.step", { number });
  };
  return {
    screenReaderInstructions: { draggable: t("builder.drag.instructions") },
    announcements: {
      onDragStart: ({ active }) => {
        hasLeft.current = false;
        return t("builder.drag.lifted", {
          step: nameOf(active.id),
          place: placeOf(active.id),
          total: steps.length,
        });
      },
      onDragOver: ({ active, over }) => {
        hasLeft.current ||= over !== null && over.id !== active.id;
        return over === null || !hasLeft.current
          ? undefined
          : t("builder.drag.over", { step: nameOf(active.id), place: placeOf(over.id), total: steps.length });
      },
      onDragEnd: ({ active, over }) =>
        t("builder.drag.dropped", {
          step: nameOf(active.id),
          place: placeOf(over?.id ?? active.id),
          total: steps.length,
        }),
      onDragCancel: ({ active }) => t("builder.drag.cancelled", { step: nameOf(active.id) }),
    },
  };
}
