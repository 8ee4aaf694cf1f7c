import { Graph as LayeredGraph, layout } from "@dagrejs/dagre";
import type { Graph, GraphNode } from "./graph-model.ts";

/** `across`: left to right; `down`: top to bottom. */
export type Direction = "across" | "down";

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export type Box = Point & Size;

export interface Layout extends Size {
  /** Where each node stands, by id: its upper left corner and its size. */
  boxes: Map<string, Box>;
  /** What each edge passes on its way round other nodes, by id. */
  bends: Map<string, Point[]>;
}

const MARGIN = 16;

/** Places the nodes in layers, so that what is needed stands before what needs it. */
export function layoutOf(
  { nodes, edges }: Graph,
  { direction, sizeOf }: { direction: Direction; sizeOf: (node: GraphNode) => Size },
): Layout {
  const graph = new LayeredGraph();
  graph.setGraph({
    rankdir: direction === "across" ? "LR" : "TB",
    ranksep: direction === "across" ? 64 : 48,
    nodesep: 20,
    edgesep: 16,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) {
    graph.setNode(node.id, { ...sizeOf(node) });
  }
  for (const edge of edges) {
    graph.setEdge(edge.source, edge.target, {});
  }
  layout(graph);
  const boxes = new Map(
    nodes.map((node): [string, Box] => {
      const { x = 0, y = 0 } = graph.node(node.id);
      const { width, height } = sizeOf(node);
      return [node.id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  const thickness = Math.max(0, ...[...boxes.values()].map(direction === "across" ? widthOf : heightOf)) / 2;
  const bends = new Map(
    edges.map((edge): [string, Point[]] => {
      // Between its ends, every second point lies in a layer, which the edge is to pass straight; the others between two.
      const points: Point[] = graph.edge(edge.source, edge.target).points ?? [];
      const inLayers = points.slice(1, -1).filter((_, index) => index % 2 === 1);
      return [edge.id, inLayers.flatMap((point) => stretched(point, direction, thickness))];
    }),
  );
  return framed(boxes, bends);
}

const widthOf = ({ width }: Size) => width;
const heightOf = ({ height }: Size) => height;

function stretched({ x, y }: Point, direction: Direction, by: number): Point[] {
  return direction === "across"
    ? [
        { x: x - by, y },
        { x: x + by, y },
      ]
    : [
        { x, y: y - by },
        { x, y: y + by },
      ];
}

/** Moved so that all of it, wires included, begins at the margin. */
function framed(boxes: Map<string, Box>, bends: Map<string, Point[]>): Layout {
  const corners = [...boxes.values()].flatMap(({ x, y, width, height }) => [
    { x, y },
    { x: x + width, y: y + height },
  ]);
  const points = [...corners, ...[...bends.values()].flat()];
  const left = Math.min(...points.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...points.map(({ y }) => y)) - MARGIN;
  const moved = <P extends Point>(point: P): P => ({ ...point, x: point.x - left, y: point.y - top });
  return {
    boxes: new Map([...boxes].map(([id, box]) => [id, moved(box)])),
    bends: new Map([...bends].map(([id, list]) => [id, list.map(moved)])),
    width: Math.max(...points.map(({ x }) => x)) - left + MARGIN,
    height: Math.max(...points.map(({ y }) => y)) - top + MARGIN,
  };
}

/** Below this a name can no longer be read. */
export const LEAST_ZOOM = 0.5;

/** Shows the whole layout where it can be read; otherwise its beginning. */
export function viewportFor(layoutSize: Size, frame: Size): Point & { zoom: number } {
  const whole = Math.min(frame.width / layoutSize.width, frame.height / layoutSize.height);
  const zoom = Math.min(1, Math.max(LEAST_ZOOM, whole));
  const start = (room: number, length: number) => Math.max(0, (room - length * zoom) / 2);
  return {
    zoom,
    x: start(frame.width, layoutSize.width),
    // Near the top, where it stays when what stands below the frame needs more room.
    y: Math.min(MARGIN, start(frame.height, layoutSize.height)),
  };
}

export type ArrowKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The node that an arrow key leads to: the nearest on that side; null where there is none. */
export function neighborOf(boxes: ReadonlyMap<string, Box>, id: string, key: ArrowKey): string | null {
  const from = boxes.get(id);
  if (from === undefined) {
    return null;
  }
  const isAcross = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const center = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const origin = center(from);
  let nearest: { id: string; distance: number } | null = null;
  for (const [other, box] of boxes) {
    const { x, y } = center(box);
    const along = (isAcross ? x - origin.x : y - origin.y) * sign;
    const aside = Math.abs(isAcross ? y - origin.y : x - origin.x);
    // What lies more to the side than ahead is reached by another key only where nothing lies ahead.
    const distance = along + 2 * aside;
    if (other !== id && along > 1 && (nearest === null || distance < nearest.distance)) {
      nearest = { id: other, distance };
    }
  }
  return nearest?.id ?? null;
}

/** A smooth line through points, as the `d` of an SVG path. */
export function curveThrough(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points;
  if (first === undefined) {
    return "";
  }
  let from = first;
  const parts = rest.map((to) => {
    const [a, b] =
      direction === "across"
        ? [
            { x: (from.x + to.x) / 2, y: from.y },
            { x: (from.x + to.x) / 2, y: to.y },
          ]
        : [
            { x: from.x, y: (from.y + to.y) / 2 },
            { x: to.x, y: (from.y + to.y) / 2 },
          ];
    from = to;
    return `C${a.x},${a.y} ${b.x},${b.y} ${to.x},${to.y}`;
  });
  return `M${first.x},${first.y}${parts.join("")}`;
}
