import { useElementSize } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHandStop,
  IconLoader2,
  IconPlayerSkipForward,
  IconRecycle,
  type Icon,
} from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { Execution, StepData } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import { useFormat } from "../../use-format.ts";
import type { LiveOutput } from "../execution/merge-events.ts";
import { useNow } from "../execution/use-now.ts";
import { SmallPicture } from "../preview/small-picture.tsx";
import { isMoving, lightOf, type NodeState, type StepLight } from "./execution-states.ts";
import { FlowCanvas, type Selection } from "./flow-canvas.tsx";
import { layoutOf, LEAST_ZOOM, type Direction } from "./graph-layout.ts";
import { graphOf, type StepNode } from "./graph-model.ts";
import { SourceCard, StepNodeCard } from "./node-card.tsx";
import { useNodeNames } from "./use-node-names.ts";
import { CONTROLS_HEIGHT_PX } from "./view-controls.tsx";
import classes from "./graph.module.css";

const ACROSS_FROM_PX = 600;
const SIZES = { source: { width: 120, height: 40 }, step: { width: 208, height: 100 } };
const MOST_HEIGHT_PX = 420;

interface ExecutionGraphProps {
  execution: Execution;
  output: LiveOutput;
  onShowResult: (stepNumber: number) => void;
  isAlone: boolean;
}

/** What runs, or ran, as a graph that is lit by the state of each step. */
export default function ExecutionGraph({ execution, output, onShowResult, isAlone }: ExecutionGraphProps) {
  const { t } = useTranslation();
  const { edgeName, givenTo } = useNodeNames();
  const { steps, steps_data: data, results } = execution;
  const list = useProviders().data;
  const catalogue = useMemo(() => catalogueOf(list), [list]);
  const inputNames = Object.keys(execution.inputs).join("\n");
  const graph = useMemo(() => {
    // What was typed and what was chosen as a file is not told apart once it runs.
    const inputs = inputNames === "" ? [] : inputNames.split("\n");
    const declared = inputs.map((name) => ({ name, label: name, type: "text" as const }));
    return graphOf({ steps, inputs: declared, catalogue });
  }, [steps, inputNames, catalogue]);
  const { ref, width } = useElementSize();
  const direction: Direction = width >= ACROSS_FROM_PX ? "across" : "down";
  const layout = useMemo(
    () => layoutOf(graph, { direction, sizeOf: ({ kind }) => SIZES[kind] }),
    [graph, direction],
  );
  const [selection, setSelection] = useState<Selection>(null);
  const now = useNow(data.some(({ status }) => status === "running"));

  const dataOf = (node: StepNode) => data.find(({ step_number }) => step_number === node.step.step_number);
  const zoom = Math.min(1, Math.max(LEAST_ZOOM, width / layout.width));
  return (
    <section className={classes.graph} aria-label={t("graph.title")}>
      <div
        ref={ref}
        className={classes.frame}
        style={
          isAlone || width === 0
            ? {}
            : { height: Math.min(MOST_HEIGHT_PX, Math.ceil(layout.height * zoom) + CONTROLS_HEIGHT_PX) }
        }
      >
        {width > 0 && list !== undefined && (
          <FlowCanvas
            graph={graph}
            layout={layout}
            direction={direction}
            selection={selection}
            lit={selection?.id ?? null}
            edgeLabel={(edge) => edgeName(edge, graph)}
            isMoving={(edge) => isMoving(edge, data)}
            wiring={null}
            isAlone={isAlone}
            onSelect={(next) => {
              setSelection(next?.kind === "edge" ? null : next);
              const node = graph.nodes.find(({ id }) => id === next?.id);
              if (node?.kind === "step") {
                onShowResult(node.step.step_number);
              }
            }}
            renderNode={(node) => {
              const step = node.kind === "step" ? dataOf(node) : undefined;
              if (node.kind === "source") {
                return <SourceCard node={node} answer={null} />;
              }
              const given = givenTo(node, graph);
              return step === undefined ? (
                <StepNodeCard node={node} catalogue={catalogue} given={given} />
              ) : (
                <LitCard
                  node={node}
                  catalogue={catalogue}
                  step={step}
                  given={given}
                  light={lightOf(step, { results, output, now })}
                />
              );
            }}
          />
        )}
      </div>
    </section>
  );
}

const ICONS: Record<NodeState, Icon> = {
  pending: IconCircleDashed,
  running: IconLoader2,
  waiting: IconHandStop,
  completed: IconCircleCheck,
  failed: IconAlertTriangle,
  cancelled: IconCircleX,
  skipped: IconPlayerSkipForward,
  reused: IconRecycle,
};

function stateKey(state: NodeState) {
  return state === "reused" ? "graph.reused" : (`status.${state}` as const);
}

interface LitCardProps {
  node: StepNode;
  catalogue: ReturnType<typeof catalogueOf>;
  step: StepData;
  given: string | null;
  light: StepLight;
}

function LitCard({ node, catalogue, step, given, light }: LitCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, fraction, items, time, pictureUrl } = light;
  const Glyph = ICONS[state];
  const isStarted = state !== "pending" && state !== "skipped";
  return (
    <StepNodeCard
      node={node}
      catalogue={catalogue}
      given={given}
      state={state}
      badge={<Ring number={node.step.step_number} fraction={fraction} isTurning={state === "running"} />}
      aside={
        pictureUrl === null ? undefined : (
          <SmallPicture
            key={pictureUrl}
            url={pictureUrl}
            side={160}
            alt=""
            className={classes.picture}
            instead={null}
          />
        )
      }
    >
      <div className={classes.facts}>
        <span className={classes.state} data-status={state === "reused" ? "completed" : state}>
          <Glyph size={15} stroke={1.75} aria-hidden />
          {t(stateKey(state))}
          {items !== null && (
            <span className="figures"> {t("graph.items", { done: items.done, total: items.total })}</span>
          )}
        </span>
        {isStarted && (
          <span className="figures">
            {[format.cost(step.cost, step.cost_basis), time].filter(Boolean).join(" · ")}
          </span>
        )}
      </div>
    </StepNodeCard>
  );
}

const RADIUS = 13;
const LENGTH = 2 * Math.PI * RADIUS;

/** The number of a step in a ring that fills as it is made; it turns where nothing says how far it is. */
function Ring({
  number,
  fraction,
  isTurning,
}: {
  number: number;
  fraction: number | null;
  isTurning: boolean;
}) {
  const share = fraction ?? (isTurning ? 0.25 : 0);
  return (
    <span className={classes.number} data-turning={isTurning && fraction === null}>
      {isTurning && (
        <svg viewBox="0 0 30 30" aria-hidden className={classes.ring}>
          <circle
            cx={15}
            cy={15}
            r={RADIUS}
            strokeDasharray={LENGTH}
            strokeDashoffset={LENGTH * (1 - share)}
          />
        </svg>
      )}
      {number}
    </span>
  );
}
