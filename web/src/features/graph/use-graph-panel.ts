import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { readStored, writeStored } from "../../storage.ts";

/** Where a graph is shown, and from which width of the window there is room for it in the page. */
const ROOM = { editor: "(min-width: 1200px)", execution: "(min-width: 900px)" };

export interface GraphPanelState {
  /** Whether it has a place in the page; otherwise it opens over it. */
  hasRoom: boolean;
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
}

/** Whether the graph is shown. In the page it is until a person hides it, which the browser remembers. */
export function useGraphPanel(place: keyof typeof ROOM): GraphPanelState {
  const storageKey = `relais.graph.${place}`;
  const hasRoom = useMediaQuery(ROOM[place], false, { getInitialValueInEffect: false });
  const [isShown, setIsShown] = useState(() => readStored(storageKey) !== "hidden");
  const [isOver, setIsOver] = useState(false);
  const isOpen = hasRoom ? isShown : isOver;
  const show = (next: boolean) => {
    if (hasRoom) {
      setIsShown(next);
      writeStored(storageKey, next ? null : "hidden");
    } else {
      setIsOver(next);
    }
  };
  return {
    hasRoom,
    isOpen,
    toggle: () => {
      show(!isOpen);
    },
    close: () => {
      show(false);
    },
  };
}
