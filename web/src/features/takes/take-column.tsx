import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useProviders } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { liveKey, type LiveOutput } from "../execution/merge-events.ts";
import { MarkdownText, ResultBody } from "../execution/result-parts.ts";
import { useLiveExecution } from "../execution/use-live-execution.ts";
import { placeIn } from "./placed-take.ts";
import { makerAt, type Taking } from "./taking.ts";
import classes from "./takes.module.css";

interface TakeColumnProps {
  /** The execution that holds the take. */
  id: number;
  taking: Taking;
  topic: string;
  /** The prompt of the step that the others are held against. */
  ownPrompt: string | undefined;
  /** What stands in the place of the model's name, and of all that could tell it; null: they are shown. */
  letter: string | null;
  isPresent: boolean;
  action: ReactNode;
}

/** One take, large: what was made, or is being made, who made it, what it cost and how long it took. */
export function TakeColumn(props: TakeColumnProps) {
  const { id, taking, topic, ownPrompt, letter, isPresent, action } = props;
  const { t } = useTranslation();
  const { query, output } = useLiveExecution(id);
  const { data: providers } = useProviders();
  const execution = query.data;
  const name = execution ? (makerAt(execution, taking, catalogueOf(providers)) ?? t("takes.byHand")) : "…";
  const prompt = execution?.steps.find(({ step_number }) => step_number === taking.stepNumber)?.prompt;
  const title = letter === null ? name : t("takes.letter", { letter });
  return (
    <section className={classes.column} aria-label={title}>
      <header className={classes.columnHeader}>
        <h3 className={classes.columnTitle}>{title}</h3>
        {isPresent && letter === null && <span className={classes.badge}>{t("takes.present")}</span>}
      </header>
      {prompt !== undefined && prompt !== ownPrompt && (
        <p className={classes.prompt}>{t("takes.prompted", { prompt })}</p>
      )}
      {query.error !== null && <ProblemNotice error={query.error} />}
      <ScrollFrame label={t("takes.content", { name: title })} className={classes.columnBody}>
        {execution && <Body execution={execution} taking={taking} topic={topic} output={output} />}
      </ScrollFrame>
      <footer className={classes.columnFooter}>
        {letter === null && execution && <Facts execution={execution} taking={taking} />}
        {action}
      </footer>
    </section>
  );
}

interface BodyProps {
  execution: Execution;
  taking: Taking;
  topic: string;
  output: LiveOutput;
}

function Body({ execution, taking, topic, output }: BodyProps) {
  const { t } = useTranslation();
  const { state, step, result } = placeIn(execution, taking);
  if (result !== undefined) {
    return (
      <Suspense fallback={<LoadingLine />}>
        <ResultBody result={result} topic={topic} />
      </Suspense>
    );
  }
  const { stepNumber, item } = taking;
  const key = item === undefined ? String(stepNumber) : liveKey({ step_number: stepNumber, item });
  const text = output.texts[key];
  if (text !== undefined && text !== "") {
    return (
      <Suspense fallback={<LoadingLine />}>
        <MarkdownText text={text} />
      </Suspense>
    );
  }
  if (state?.error != null) return <Notice kind="error">{state.error.message}</Notice>;
  if (execution.status === "waiting") {
    return <Notice kind="warning">{t(`takes.waits.${execution.waiting_for?.reason ?? "in_doubt"}`)}</Notice>;
  }
  if (isFinal(execution.status)) return <Status status={execution.status} />;
  return <p className={classes.quiet}>{t(`execution.making.${step?.modality ?? "text"}`)}</p>;
}

/** What it cost when it was made, and how long that took. */
function Facts({ execution, taking }: { execution: Execution; taking: Taking }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, result } = placeIn(execution, taking);
  if (state === undefined || result === undefined) return null;
  const isReused = state.reused_from !== null;
  const cost = isReused ? format.cost(state.saved_usd, "metered") : format.cost(state.cost, state.cost_basis);
  const time = isReused ? null : format.elapsedBetween(state.started_at, state.completed_at);
  const { live_cost: live } = result;
  return (
    <p className={`${classes.columnFacts} figures`}>
      <span>{[cost, time].filter(Boolean).join(" · ")}</span>
      {live !== undefined && (
        <span>{t("execution.liveCostShort", { cost: format.cost(live, "estimated") })}</span>
      )}
      <Link href={`/combinations/executions/${execution.id}`}>{t("takes.run", { id: execution.id })}</Link>
    </p>
  );
}
