import { Suspense, useRef } from "react";
import { lazyPart } from "../../components/lazy-part.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import type { EditorGraphProps } from "./editor-graph.tsx";
import { GraphSheet } from "./graph-sheet.tsx";
import { showReference, showStep } from "./step-place.ts";
import type { GraphPanelState } from "./use-graph-panel.ts";
import classes from "./graph-panel.module.css";

const EditorGraph = lazyPart(() => import("./editor-graph.tsx"));

interface EditorGraphPanelProps extends Pick<EditorGraphProps, "bench" | "problems" | "onEdit"> {
  panel: GraphPanelState;
}

/** The graph of the editor: beside the steps where there is room, otherwise over them. */
export function EditorGraphPanel({ panel, ...shared }: EditorGraphPanelProps) {
  /** What is shown once the sheet is gone, which would keep the focus to itself. */
  const next = useRef<(() => void) | null>(null);
  if (panel.hasRoom) {
    return panel.isOpen ? (
      <div className={classes.beside}>
        <Suspense fallback={<LoadingLine />}>
          <EditorGraph {...shared} isAlone={false} onShowStep={showStep} onShowReference={showReference} />
        </Suspense>
      </div>
    ) : null;
  }
  const leaveFor = (show: () => void) => {
    next.current = show;
    panel.close();
  };
  return (
    <GraphSheet
      isOpen={panel.isOpen}
      onClose={panel.close}
      onClosed={() => {
        next.current?.();
        next.current = null;
      }}
    >
      <Suspense fallback={<LoadingLine />}>
        <EditorGraph
          {...shared}
          isAlone
          onShowStep={(stepNumber, options) => {
            leaveFor(() => {
              showStep(stepNumber, options);
            });
          }}
          onShowReference={(stepNumber, place) => {
            leaveFor(() => {
              showReference(stepNumber, place);
            });
          }}
        />
      </Suspense>
    </GraphSheet>
  );
}
