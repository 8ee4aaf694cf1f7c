import { useTranslation } from "react-i18next";
import type { Step } from "../../../../src/workflow/definition.ts";
import type { Graph, GraphEdge, GraphNode } from "./graph-model.ts";

/** What nodes and edges are called, on the screen and by screen readers. */
export function useNodeNames() {
  const { t } = useTranslation();
  const stepName = ({ step_number: number, name }: Pick<Step, "step_number" | "name">) =>
    name ? t("graph.stepNamed", { number, name }) : t("editor.step", { number });
  const nameOf = (node: GraphNode | undefined): string => {
    if (node === undefined) {
      return "";
    }
    return node.kind === "step" ? stepName(node.step) : (node.label ?? t("topic.label"));
  };
  const nameOfId = (id: string, { nodes }: Graph) => nameOf(nodes.find((node) => node.id === id));
  const mediumOf = (medium: GraphNode["medium"]) => t(medium === null ? "graph.file" : `medium.${medium}`);
  const edgeName = (edge: GraphEdge, graph: Graph): string =>
    t("graph.edge", {
      from: nameOfId(edge.source, graph),
      to: nameOfId(edge.target, graph),
      medium: mediumOf(edge.medium),
    });
  /** What a node is given, for who cannot see the wires. */
  const givenTo = (node: GraphNode, graph: Graph): string | null => {
    const names = graph.edges
      .filter(({ target }) => target === node.id)
      .map(({ source }) => nameOfId(source, graph));
    return names.length === 0 ? null : t("graph.isGiven", { names: names.join(", ") });
  };
  return { nameOf, mediumOf, edgeName, givenTo };
}
