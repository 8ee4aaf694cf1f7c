import { Suspense, useRef } from "react";
import { lazyPart } from "../../components/lazy-part.tsx";
import type { Execution } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import type { LiveOutput } from "../execution/merge-events.ts";
import { GraphSheet } from "./graph-sheet.tsx";
import { GraphToggle } from "./graph-toggle.tsx";
import { bringToTop } from "./step-place.ts";
import { useGraphPanel } from "./use-graph-panel.ts";
import classes from "./graph-panel.module.css";

const ExecutionGraph = lazyPart(() => import("./execution-graph.tsx"));

interface ExecutionGraphPanelProps {
  execution: Execution;
  output: LiveOutput;
}

/** The graph of an execution above its results, or over them where there is no room. One step alone needs none. */
export function ExecutionGraphPanel({ execution, output }: ExecutionGraphPanelProps) {
  const panel = useGraphPanel("execution");
  /** The step whose result is shown once the sheet is gone. */
  const next = useRef<number | null>(null);
  if (execution.total_steps < 2) {
    return null;
  }
  const shared = { execution, output };
  return (
    <div className={classes.above}>
      <GraphToggle panel={panel} isQuiet />
      {panel.hasRoom ? (
        panel.isOpen && (
          <Suspense fallback={<div className={classes.expected} />}>
            <ExecutionGraph {...shared} isAlone={false} onShowResult={showResult} />
          </Suspense>
        )
      ) : (
        <GraphSheet
          isOpen={panel.isOpen}
          onClose={panel.close}
          onClosed={() => {
            if (next.current !== null) {
              showResult(next.current);
            }
            next.current = null;
          }}
        >
          <Suspense fallback={<LoadingLine />}>
            <ExecutionGraph
              {...shared}
              isAlone
              onShowResult={(stepNumber) => {
                next.current = stepNumber;
                panel.close();
              }}
            />
          </Suspense>
        </GraphSheet>
      )}
    </div>
  );
}

/** The id of the part of the page in which the result of a step is shown. */
function showResult(stepNumber: number): void {
  const section = document.getElementById(`step-result-${stepNumber}`);
  if (section !== null) {
    bringToTop(section);
  }
}
