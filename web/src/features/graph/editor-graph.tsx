import { useElementSize } from "@mantine/hooks";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftStep } from "../editor/draft.ts";
import { messagesUnder, type PlacedMessages } from "../editor/problems.ts";
import {
  refusalsOf,
  textPlaceOf,
  withConnection,
  withoutConnection,
  withStepFrom,
  type Refusal,
} from "./connections.ts";
import { FlowCanvas, type Selection } from "./flow-canvas.tsx";
import { layoutOf, type Direction, type Size } from "./graph-layout.ts";
import {
  graphOf,
  stepNodeId,
  type EdgePlace,
  type GraphEdge,
  type GraphNode,
  type Workbench,
} from "./graph-model.ts";
import { SourceCard, StepNodeCard } from "./node-card.tsx";
import { SelectionBar, type BarMessage } from "./selection-bar.tsx";
import { useEditedStep } from "./step-place.ts";
import { useNodeNames } from "./use-node-names.ts";
import classes from "./graph.module.css";

/** From this width on there is room for a graph from left to right. */
const ACROSS_FROM_PX = 760;
const SIZES: Record<Direction, Record<GraphNode["kind"], Size>> = {
  across: { source: { width: 136, height: 40 }, step: { width: 208, height: 76 } },
  down: { source: { width: 136, height: 40 }, step: { width: 176, height: 76 } },
};

export interface EditorGraphProps {
  bench: Workbench<DraftStep>;
  problems: PlacedMessages;
  onEdit: (changing: (steps: DraftStep[]) => DraftStep[]) => void;
  /** Scrolls to a step and, where `isEntered`, leaves the graph for it. */
  onShowStep: (stepNumber: number, options: { isEntered: boolean }) => void;
  onShowReference: (stepNumber: number, place: Extract<EdgePlace, { kind: "text" }>) => void;
  /** Whether the graph has the window to itself. */
  isAlone: boolean;
}

/** The workflow that is being edited as a graph in which steps are connected, chosen and taken apart. */
export default function EditorGraph(props: EditorGraphProps) {
  const { problems, onEdit, onShowStep, onShowReference, isAlone } = props;
  const { t } = useTranslation();
  const { edgeName, givenTo } = useNodeNames();
  const { steps, inputs, catalogue } = props.bench;
  // What is typed comes first, the graph after it.
  const drawn = useDeferredValue(steps);
  const bench = useMemo(() => ({ steps: drawn, inputs, catalogue }), [drawn, inputs, catalogue]);
  const graph = useMemo(() => graphOf(bench), [bench]);
  const { ref, width } = useElementSize();
  const direction: Direction = width >= ACROSS_FROM_PX ? "across" : "down";
  const layout = useMemo(
    () => layoutOf(graph, { direction, sizeOf: ({ kind }) => SIZES[direction][kind] }),
    [graph, direction],
  );
  const { selection, select } = useSelection();
  const [wire, setWire] = useState<Map<string, Refusal | null> | null>(null);
  const [message, setMessage] = useState<BarMessage | null>(null);

  const nodeOf = (id: string | undefined) => graph.nodes.find((node) => node.id === id);
  const choose = (next: Selection) => {
    setMessage(null);
    select(next);
    const node = next?.kind === "node" ? nodeOf(next.id) : undefined;
    if (node?.kind === "step" && !isAlone) {
      onShowStep(node.step.step_number, { isEntered: false });
    }
  };
  const latest = (all: DraftStep[]): Workbench<DraftStep> => ({ steps: all, inputs, catalogue });
  const connect = (from: GraphNode, to: GraphNode) => {
    const refusal = refusalsOf(from, graph, bench).get(to.id) ?? null;
    if (to.kind === "source" || refusal !== null) {
      setMessage({ kind: "refused", from, to, refusal: refusal ?? "only_gives" });
      return;
    }
    onEdit((all) => withConnection(from, to.step.step_number, latest(all)));
    select({ kind: "node", id: to.id });
    setMessage({ kind: "connected", from, to });
  };
  const addFrom = (from: GraphNode) => {
    onEdit((all) => withStepFrom(from, latest(all)));
    select({ kind: "node", id: stepNodeId(steps.length + 1) });
    setMessage(null);
  };
  const disconnect = (edge: GraphEdge) => {
    const { steps: changed, left } = withoutConnection(edge, latest([...steps]));
    const target = nodeOf(edge.target);
    if (changed.some((step, index) => step !== steps[index])) {
      onEdit((all) => withoutConnection(edge, latest(all)).steps);
    }
    const place = textPlaceOf(left);
    if (left.length === 0) {
      setMessage({ kind: "disconnected", from: nodeOf(edge.source), to: target });
      select(target === undefined ? null : { kind: "node", id: target.id });
    } else if (place === null || target?.kind !== "step") {
      setMessage({ kind: "takes_all", to: target });
    } else {
      setMessage({ kind: "in_sentence", raw: place.raw, to: target });
      onShowReference(target.step.step_number, place);
    }
  };
  const problemsOf = (node: GraphNode) =>
    node.kind === "step" ? messagesUnder(problems, `steps[${node.step.step_number - 1}]`).length : 0;
  return (
    <section className={classes.graph} aria-label={t("graph.title")}>
      <div ref={ref} className={classes.frame}>
        {width > 0 && (
          <FlowCanvas
            graph={graph}
            layout={layout}
            direction={direction}
            selection={selection}
            lit={selection?.kind === "node" ? selection.id : null}
            edgeLabel={(edge) => edgeName(edge, graph)}
            isMoving={() => false}
            onSelect={choose}
            isAlone={isAlone}
            renderNode={(node) => {
              const answer = wire === null ? null : { refusal: wire.get(node.id) ?? null };
              return node.kind === "source" ? (
                <SourceCard node={node} answer={answer} />
              ) : (
                <StepNodeCard
                  node={node}
                  catalogue={catalogue}
                  problems={problemsOf(node)}
                  given={givenTo(node, graph)}
                  answer={answer}
                />
              );
            }}
            wiring={{
              onStart: (source) => {
                const from = nodeOf(source);
                setMessage(null);
                setWire(from === undefined ? null : refusalsOf(from, graph, bench));
              },
              canEnd: (target) => wire?.get(target) === null,
              onEnd: (source, target) => {
                const [from, to] = [nodeOf(source), nodeOf(target ?? undefined)];
                setWire(null);
                if (from !== undefined && to === undefined) {
                  setMessage({ kind: "offer", from });
                } else if (from !== undefined && to !== undefined && from.id !== to.id) {
                  connect(from, to);
                }
              },
            }}
          />
        )}
      </div>
      <SelectionBar
        graph={graph}
        bench={bench}
        selection={selection}
        message={message}
        onConnect={connect}
        onDisconnect={disconnect}
        onAddFrom={addFrom}
        onEnterStep={(stepNumber) => {
          onShowStep(stepNumber, { isEntered: true });
        }}
        onDismiss={() => {
          setMessage(null);
        }}
      />
    </section>
  );
}

/** What is chosen in the graph, until another step is edited: then that one is. */
function useSelection() {
  const edited = useEditedStep();
  const [chosen, setChosen] = useState<{ selection: Selection; whileEditing: number | null } | null>(null);
  const ofEdited: Selection = edited === null ? null : { kind: "node", id: stepNodeId(edited) };
  return {
    selection: chosen !== null && chosen.whileEditing === edited ? chosen.selection : ofEdited,
    select: (selection: Selection) => {
      setChosen({ selection, whileEditing: edited });
    },
  };
}
