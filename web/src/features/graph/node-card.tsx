import { IconAlertTriangle, IconHandStop, IconRepeat } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { MediumIcon } from "../../components/medium.tsx";
import type { Refusal } from "./connections.ts";
import type { SourceNode, StepNode } from "./graph-model.ts";
import classes from "./graph.module.css";

/** What a wire that is being drawn may do with a node: end here, not end here and why; null: none is drawn. */
type WireAnswer = { refusal: Refusal | null } | null;

interface SourceCardProps {
  node: SourceNode;
  answer: WireAnswer;
}

/** The topic or an input. */
export function SourceCard({ node, answer }: SourceCardProps) {
  const { t } = useTranslation();
  return (
    <div
      className={classes.source}
      data-medium={node.medium ?? "local"}
      data-refused={answer !== null && answer.refusal !== null && answer.refusal !== "itself"}
    >
      <MediumIcon medium={node.medium ?? "document"} size={16} />
      <span className={classes.name}>{node.label ?? t("topic.label")}</span>
    </div>
  );
}

interface StepNodeCardProps {
  node: StepNode;
  catalogue: ModelCatalogue;
  /** How many things are wrong with it. */
  problems?: number;
  /** What it is given, for who cannot see the wires. */
  given: string | null;
  answer?: WireAnswer;
  /** In place of the number: how far it is. */
  badge?: ReactNode;
  /** Beside the words: a small picture of what it made. */
  aside?: ReactNode;
  /** What its card is lit by while it runs; left out where it does not. */
  state?: string;
  /** Below the model. */
  children?: ReactNode;
}

/** A step: its number, its name, its model and what it makes. */
export function StepNodeCard({ node, catalogue, answer = null, state, ...parts }: StepNodeCardProps) {
  const { problems = 0, given, badge, aside, children } = parts;
  const { t } = useTranslation();
  const { step, modality } = node;
  const refusal = answer?.refusal ?? null;
  const model = catalogue.family(step.ai_provider)?.label ?? step.ai_provider.replace(/^[^:]*:/, "");
  const said = [
    modality === null ? null : t(`medium.${modality}`),
    step.for_each === null ? null : t("graph.perItem"),
    step.approval === false ? null : t("graph.approval"),
    given,
    problems > 0 ? t("graph.problems", { count: problems }) : null,
  ].flatMap((fact) => (fact === null ? [] : [`${fact}.`]));
  return (
    <div
      className={classes.step}
      data-medium={modality ?? "local"}
      data-state={state}
      data-many={step.for_each !== null}
      data-refused={refusal !== null && refusal !== "itself"}
      data-open={answer !== null && refusal === null}
    >
      <div className={classes.head}>
        {badge ?? <span className={classes.number}>{step.step_number}</span>}
        <span className={classes.name}>{step.name || t("editor.step", { number: step.step_number })}</span>
        {step.for_each !== null && (
          <IconRepeat size={16} stroke={1.75} className={classes.mark} aria-hidden />
        )}
        {step.approval !== false && (
          <IconHandStop size={16} stroke={1.75} className={classes.mark} aria-hidden />
        )}
        {problems > 0 && <IconAlertTriangle size={16} stroke={2} className={classes.problem} aria-hidden />}
      </div>
      <div className={classes.model}>
        <MediumIcon medium={modality ?? "text"} size={16} />
        {refusal === null || refusal === "itself" ? (
          <span className={classes.modelName}>{model}</span>
        ) : (
          <span className={classes.modelName}>{t(`graph.refused.${refusal}`)}</span>
        )}
      </div>
      {children}
      {aside}
      <span className="visually-hidden">{[".", ...said].join(" ")}</span>
    </div>
  );
}
