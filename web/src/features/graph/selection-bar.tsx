import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconArrowRight, IconLink, IconPlus, IconUnlink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { MAX_STEPS } from "../../../../src/workflow/definition.ts";
import type { DraftStep } from "../editor/draft.ts";
import { refusalsOf, type Refusal } from "./connections.ts";
import type { Selection } from "./flow-canvas.tsx";
import type { Graph, GraphEdge, GraphNode, Workbench } from "./graph-model.ts";
import { useNodeNames } from "./use-node-names.ts";
import classes from "./graph.module.css";

/** What there is to say about what was just done, or could not be. */
export type BarMessage =
  | { kind: "offer"; from: GraphNode }
  | { kind: "refused"; from: GraphNode; to: GraphNode; refusal: Refusal }
  | { kind: "connected"; from: GraphNode; to: GraphNode }
  | { kind: "disconnected"; from: GraphNode | undefined; to: GraphNode | undefined }
  | { kind: "in_sentence"; raw: string; to: GraphNode }
  | { kind: "takes_all"; to: GraphNode | undefined };

interface SelectionBarProps {
  graph: Graph;
  bench: Workbench<DraftStep>;
  selection: Selection;
  message: BarMessage | null;
  onConnect: (from: GraphNode, to: GraphNode) => void;
  onDisconnect: (edge: GraphEdge) => void;
  onAddFrom: (from: GraphNode) => void;
  onEnterStep: (stepNumber: number) => void;
  onDismiss: () => void;
}

/** What can be done with what is chosen in the graph: all that can be done by dragging, by words and keys. */
export function SelectionBar(props: SelectionBarProps) {
  const { graph, selection, message, onAddFrom, onDismiss } = props;
  const { t } = useTranslation();
  const node = selection?.kind === "node" ? graph.nodes.find(({ id }) => id === selection.id) : undefined;
  const edge = selection?.kind === "edge" ? graph.edges.find(({ id }) => id === selection.id) : undefined;
  return (
    <div className={classes.bar}>
      <output className={classes.message}>
        <MessageText message={message} />
      </output>
      {message?.kind === "offer" && (
        <div className={classes.barActions}>
          <Button
            leftSection={<IconPlus aria-hidden size={18} stroke={1.75} />}
            disabled={props.bench.steps.length >= MAX_STEPS}
            onClick={() => {
              onAddFrom(message.from);
            }}
          >
            {t("graph.addStep")}
          </Button>
          <Button variant="default" onClick={onDismiss}>
            {t("graph.dismiss")}
          </Button>
        </div>
      )}
      {message?.kind !== "offer" && node !== undefined && <NodeActions {...props} node={node} />}
      {message?.kind !== "offer" && edge !== undefined && <EdgeRow {...props} edge={edge} />}
      {message === null && node === undefined && edge === undefined && (
        <p className={classes.hint}>{t("graph.hint")}</p>
      )}
    </div>
  );
}

function MessageText({ message }: { message: BarMessage | null }) {
  const { t } = useTranslation();
  const { nameOf, mediumOf } = useNodeNames();
  if (message === null) {
    return null;
  }
  switch (message.kind) {
    case "offer":
      return t("graph.said.offer", { from: nameOf(message.from) });
    case "refused":
      return t(`graph.said.${message.refusal}`, {
        from: nameOf(message.from),
        to: nameOf(message.to),
        medium: mediumOf(message.from.medium),
      });
    case "connected":
      return t("graph.said.connected", { from: nameOf(message.from), to: nameOf(message.to) });
    case "disconnected":
      return t("graph.said.disconnected", { from: nameOf(message.from), to: nameOf(message.to) });
    case "in_sentence":
      return t("graph.said.inSentence", { reference: message.raw, to: nameOf(message.to) });
    case "takes_all":
    default:
      return t("graph.said.takesAll", { to: nameOf(message.to) });
  }
}

function NodeActions(props: SelectionBarProps & { node: GraphNode }) {
  const { graph, bench, node, onConnect, onAddFrom, onEnterStep } = props;
  const { t } = useTranslation();
  const { nameOf } = useNodeNames();
  const refusals = refusalsOf(node, graph, bench);
  const isRefused = ({ id }: GraphNode) => Number((refusals.get(id) ?? null) !== null);
  const others = graph.nodes
    .filter(({ kind, id }) => kind === "step" && id !== node.id)
    .toSorted((a, b) => isRefused(a) - isRefused(b));
  const given = graph.edges.filter(({ target }) => target === node.id);
  return (
    <>
      <div className={classes.barHead}>
        <strong className={classes.barTitle}>{nameOf(node)}</strong>
        <div className={classes.barActions}>
          {node.kind === "step" && (
            <Button
              variant="default"
              leftSection={<IconArrowRight aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                onEnterStep(node.step.step_number);
              }}
            >
              {t("graph.enter")}
            </Button>
          )}
          <Menu position="top-end" width={300} shadow="md" withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <Button variant="default" leftSection={<IconLink aria-hidden size={18} stroke={1.75} />}>
                {t("graph.connect")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown className={classes.menu ?? ""}>
              {others.map((other) => {
                const refusal = refusals.get(other.id) ?? null;
                return (
                  <Menu.Item
                    key={other.id}
                    disabled={refusal !== null}
                    onClick={() => {
                      onConnect(node, other);
                    }}
                  >
                    {nameOf(other)}
                    {refusal !== null && <span className={classes.why}>{t(`graph.refused.${refusal}`)}</span>}
                  </Menu.Item>
                );
              })}
              <Menu.Item
                leftSection={<IconPlus aria-hidden size={16} stroke={1.75} />}
                disabled={bench.steps.length >= MAX_STEPS}
                onClick={() => {
                  onAddFrom(node);
                }}
              >
                {t("graph.newStep")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {given.length > 0 && (
        <ul className={classes.given} aria-label={t("graph.given")} data-title={t("graph.given")}>
          {given.map((edge) => (
            <li key={edge.id}>
              <EdgeRow {...props} edge={edge} isIn />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface EdgeRowProps extends Pick<SelectionBarProps, "graph" | "onDisconnect"> {
  edge: GraphEdge;
  /** Whether it is listed with the step that it leads to, which then needs no naming. */
  isIn?: boolean;
}

/** One connection, with the button that takes it out. */
function EdgeRow({ graph, edge, isIn = false, onDisconnect }: EdgeRowProps) {
  const { t } = useTranslation();
  const { nameOf, edgeName, mediumOf } = useNodeNames();
  const from = graph.nodes.find(({ id }) => id === edge.source);
  const to = graph.nodes.find(({ id }) => id === edge.target);
  return (
    <div className={classes.edgeRow} data-medium={edge.medium ?? "local"}>
      <span className={classes.edgeText}>
        {nameOf(from)}
        {!isIn && (
          <>
            {" "}
            <span aria-hidden>→</span> {nameOf(to)}
          </>
        )}
        <span className={classes.edgeMedium}>{mediumOf(edge.medium)}</span>
      </span>
      <ActionIcon
        aria-label={t("graph.disconnect", { edge: edgeName(edge, graph) })}
        onClick={() => {
          onDisconnect(edge);
        }}
      >
        <IconUnlink aria-hidden size={18} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}
