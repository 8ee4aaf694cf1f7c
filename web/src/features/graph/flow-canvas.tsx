import {
  ConnectionLineType,
  Handle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  type Edge,
  type EdgeProps,
  type FinalConnectionState,
  type Node,
  type NodeHandle,
  type NodeProps,
} from "@xyflow/react";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Medium } from "../../../../src/workflow/media.ts";
import {
  curveThrough,
  LEAST_ZOOM,
  neighborOf,
  type ArrowKey,
  type Box,
  type Direction,
  type Layout,
  type Point,
} from "./graph-layout.ts";
import { handleOf, type Graph, type GraphEdge, type GraphNode } from "./graph-model.ts";
import { ViewControls } from "./view-controls.tsx";
import classes from "./graph.module.css";

const HANDLE_PX = 12;

/** What a person has chosen in the graph. */
export type Selection = { kind: "node" | "edge"; id: string } | null;

/** Drawing a wire from one node to another. */
interface Wiring {
  onStart: (source: string) => void;
  /** Whether the wire that is being drawn may end here. */
  canEnd: (target: string) => boolean;
  /** `target` is null where the wire was let go over nothing. */
  onEnd: (source: string, target: string | null) => void;
}

interface FlowCanvasProps {
  graph: Graph;
  layout: Layout;
  direction: Direction;
  selection: Selection;
  /** A node that is brought into view when it is another than before. */
  lit: string | null;
  renderNode: (node: GraphNode) => ReactNode;
  edgeLabel: (edge: GraphEdge) => string;
  isMoving: (edge: GraphEdge) => boolean;
  onSelect: (selection: Selection) => void;
  /** Null where nothing can be changed. */
  wiring: Wiring | null;
  /** Whether the canvas has the window to itself, so that the wheel zooms instead of scrolling the page. */
  isAlone: boolean;
}

type CardNode = Node<
  { content: ReactNode; inputs: Medium[]; output: Medium | null; direction: Direction; canWire: boolean },
  "card"
>;
type WireEdge = Edge<{ bends: Point[]; direction: Direction; medium: Medium | null }, "wire">;

const NODE_TYPES = { card: CardView };
const EDGE_TYPES = { wire: WireView };

/** A graph on the screen. It knows nodes and edges; what they say and what is done with them is for who shows it. */
export function FlowCanvas(props: FlowCanvasProps) {
  const { graph, layout, wiring, onSelect, isAlone } = props;
  const { t } = useTranslation();
  return (
    <ReactFlowProvider>
      <div className={classes.canvas} onKeyDownCapture={(event) => followKey(event, layout, onSelect)}>
        <ReactFlow<CardNode, WireEdge>
          nodes={graph.nodes.map((node) => cardNode(node, props))}
          edges={graph.edges.map((edge) => wireEdge(edge, props))}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          nodesDraggable={false}
          nodesConnectable={wiring !== null}
          edgesFocusable={false}
          elementsSelectable
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          minZoom={Math.min(LEAST_ZOOM, 0.3)}
          maxZoom={1.5}
          zoomOnScroll={isAlone}
          zoomOnDoubleClick={false}
          preventScrolling={isAlone}
          connectionRadius={28}
          connectionLineType={ConnectionLineType.Bezier}
          isValidConnection={({ target }) => wiring?.canEnd(target) ?? false}
          ariaLabelConfig={{
            "node.a11yDescription.default": t("graph.keys"),
            "node.a11yDescription.keyboardDisabled": t("graph.keys"),
            "edge.a11yDescription.default": "",
          }}
          onNodeClick={(_, { id }) => {
            onSelect({ kind: "node", id });
          }}
          onEdgeClick={(_, { id }) => {
            onSelect({ kind: "edge", id });
          }}
          onPaneClick={() => {
            onSelect(null);
          }}
          onConnectStart={(_, { nodeId }) => {
            if (nodeId !== null) {
              wiring?.onStart(nodeId);
            }
          }}
          onConnectEnd={(event, state) => {
            if (state.fromNode !== null) {
              wiring?.onEnd(state.fromNode.id, endOf(event, state));
            }
          }}
        >
          <ViewControls layout={layout} lit={props.lit} />
        </ReactFlow>
      </div>
    </ReactFlowProvider>
  );
}

/** The node on which a wire was let go, also where it did not meet a handle; null: none. */
function endOf(event: MouseEvent | TouchEvent, { toNode }: FinalConnectionState): string | null {
  if (toNode !== null) {
    return toNode.id;
  }
  const place = "changedTouches" in event ? event.changedTouches[0] : event;
  const under = place && document.elementFromPoint(place.clientX, place.clientY);
  return under?.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null;
}

const ARROWS: ReadonlySet<string> = new Set<ArrowKey>(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

function isArrow(key: string): key is ArrowKey {
  return ARROWS.has(key);
}

/** Enter chooses the node that has the focus, arrows go to its neighbours, Escape chooses nothing. */
function followKey(
  event: KeyboardEvent<HTMLElement>,
  { boxes }: Layout,
  onSelect: (selection: Selection) => void,
): void {
  const { target, key, currentTarget } = event;
  const id = target instanceof HTMLElement ? target.dataset["id"] : undefined;
  if (id === undefined || !boxes.has(id)) {
    return;
  }
  if (key === "Enter" || key === " ") {
    event.preventDefault();
    onSelect({ kind: "node", id });
  } else if (key === "Escape") {
    onSelect(null);
  } else if (isArrow(key)) {
    event.preventDefault();
    const next = neighborOf(boxes, id, key);
    const nodes = [...currentTarget.querySelectorAll<HTMLElement>(".react-flow__node")];
    nodes.find((node) => node.dataset["id"] === next)?.focus();
  }
}

function cardNode(node: GraphNode, props: FlowCanvasProps): CardNode {
  const { graph, layout, direction, selection, renderNode, wiring } = props;
  const box = layout.boxes.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 };
  const inputs = inputsOf(node, graph);
  const isChosen = selection?.kind === "node" && selection.id === node.id;
  return {
    id: node.id,
    type: "card",
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    // Known beforehand, so that wires are there from the first frame on.
    measured: { width: box.width, height: box.height },
    handles: handlesOf(inputs, box, direction),
    data: { content: renderNode(node), inputs, output: node.medium, direction, canWire: wiring !== null },
    ariaRole: "button",
    domAttributes: { "aria-roledescription": undefined, "aria-pressed": isChosen },
    selected: isChosen,
  };
}

/** A handle for each medium that a step takes, and for those that it is given all the same. */
function inputsOf(node: GraphNode, { edges }: Graph): Medium[] {
  if (node.kind === "source") {
    return [];
  }
  const given = edges.flatMap(({ target, medium }) =>
    target === node.id && medium !== null ? [handleOf(medium)] : [],
  );
  return [...new Set([...node.takes, ...given])];
}

/** Where along its side a handle stands, from 0 to 1. */
function shareOf(index: number, count: number): number {
  return (index + 1) / (count + 1);
}

function handlesOf(inputs: readonly Medium[], box: Box, direction: Direction): NodeHandle[] {
  const size = { width: HANDLE_PX, height: HANDLE_PX };
  const at = (x: number, y: number) => ({ x: x - HANDLE_PX / 2, y: y - HANDLE_PX / 2, ...size });
  const isAcross = direction === "across";
  const targets = inputs.map((medium, index): NodeHandle => {
    const share = shareOf(index, inputs.length);
    const place = isAcross ? at(0, box.height * share) : at(box.width * share, 0);
    return { id: medium, type: "target", position: isAcross ? Position.Left : Position.Top, ...place };
  });
  const end = isAcross ? at(box.width, box.height / 2) : at(box.width / 2, box.height);
  return [
    ...targets,
    { id: "out", type: "source", position: isAcross ? Position.Right : Position.Bottom, ...end },
  ];
}

function wireEdge(edge: GraphEdge, props: FlowCanvasProps): WireEdge {
  const { graph, layout, direction, selection, edgeLabel, isMoving } = props;
  const target = graph.nodes.find(({ id }) => id === edge.target);
  const inputs = target === undefined ? [] : inputsOf(target, graph);
  const isLoose = edge.places.every(({ kind }) => kind === "all");
  return {
    id: edge.id,
    type: "wire",
    source: edge.source,
    target: edge.target,
    sourceHandle: "out",
    // A file of an unknown medium goes where files go.
    targetHandle: edge.medium === null ? (inputs.at(-1) ?? "text") : handleOf(edge.medium),
    animated: isMoving(edge),
    className: isLoose ? (classes["loose"] ?? "") : "",
    selected: selection?.kind === "edge" && selection.id === edge.id,
    ariaLabel: edgeLabel(edge),
    interactionWidth: 24,
    domAttributes: { "aria-roledescription": undefined },
    data: { bends: layout.bends.get(edge.id) ?? [], direction, medium: edge.medium },
  };
}

function CardView({ data }: NodeProps<CardNode>) {
  const { content, inputs, output, direction, canWire } = data;
  const isAcross = direction === "across";
  return (
    <>
      {content}
      {inputs.map((medium, index) => {
        const share = `${shareOf(index, inputs.length) * 100}%`;
        return (
          <Handle
            key={medium}
            id={medium}
            type="target"
            position={isAcross ? Position.Left : Position.Top}
            isConnectable={canWire}
            isConnectableStart={false}
            data-medium={medium}
            className={classes.handle}
            style={isAcross ? { top: share } : { left: share }}
          />
        );
      })}
      <Handle
        id="out"
        type="source"
        position={isAcross ? Position.Right : Position.Bottom}
        isConnectable={canWire}
        isConnectableEnd={false}
        data-medium={output ?? "local"}
        className={classes.handle}
      />
    </>
  );
}

function WireView({ data, sourceX, sourceY, targetX, targetY }: EdgeProps<WireEdge>) {
  const { bends = [], direction = "across", medium = null } = data ?? {};
  const points = [{ x: sourceX, y: sourceY }, ...bends, { x: targetX, y: targetY }];
  const path = curveThrough(points, direction);
  return (
    <g data-medium={medium ?? "local"}>
      <path d={path} className={`react-flow__edge-path ${classes.wire ?? ""}`} />
      <path
        d={path}
        className="react-flow__edge-interaction"
        fill="none"
        strokeOpacity={0}
        strokeWidth={24}
      />
    </g>
  );
}
