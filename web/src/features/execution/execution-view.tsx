import { Button } from "@mantine/core";
import { IconDownload, IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { API } from "../../api/client.ts";
import { useCancel } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { ConnectionLine } from "../live/connection-line.tsx";
import { NotifyButton } from "../live/notify-button.tsx";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { elapsedBetween, isSomethingKnown } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import { CostComparison } from "./cost-comparison.tsx";
import { ExecutionGraphPanel } from "../graph/execution-graph-panel.tsx";
import { isAtRest } from "../rerun/at-rest.ts";
import { RerunDialog, type RerunTarget } from "../rerun/rerun-dialog.tsx";
import { rerunTarget, StepMenu } from "../rerun/step-menu.tsx";
import { TakeDialog } from "../takes/take-dialog.tsx";
import { TakeStrip } from "../takes/take-strip.tsx";
import { canBeCompared, type Taking } from "../takes/taking.ts";
import { DecisionPanel } from "./decision-panel.tsx";
import { FrozenSteps } from "./frozen-steps.tsx";
import { ItemList } from "./item-list.tsx";
import type { LiveOutput } from "./merge-events.ts";
import { RunProgress } from "./run-progress.tsx";
import { hasCallOut, isSettling } from "./settling.ts";
import { StepSection } from "./step-section.tsx";
import { TimeLeft } from "./time-left-text.tsx";
import { useLiveExecution } from "./use-live-execution.ts";
import { useNow } from "./use-now.ts";
import classes from "./execution.module.css";

/** An execution as it happens, or as it ended: progress, what is asked of the person, the results, the cost. */
export function ExecutionView({ id }: { id: number }) {
  const { t } = useTranslation();
  const { query, output, isBroken } = useLiveExecution(id);
  if (query.data === undefined) {
    return query.error === null ? (
      <LoadingLine />
    ) : (
      <ProblemNotice
        error={query.error}
        actions={
          <Button variant="default" onClick={() => void query.refetch()}>
            {t("actions.tryAgain")}
          </Button>
        }
      />
    );
  }
  return <LoadedExecution execution={query.data} output={output} isBroken={isBroken} />;
}

interface LoadedExecutionProps {
  execution: Execution;
  output: LiveOutput;
  isBroken: boolean;
}

function LoadedExecution({ execution, output, isBroken }: LoadedExecutionProps) {
  const { t } = useTranslation();
  const cancel = useCancel(execution.id);
  const doubtUsd = useDoubtUsd(execution);
  const [target, setTarget] = useState<RerunTarget | null>(null);
  const [taking, setTaking] = useState<Taking | null>(null);
  return (
    <div className={classes.layout}>
      <Summary execution={execution} cancel={cancel} onRerun={setTarget} />
      <div className={classes.main}>
        <RunProgress execution={execution} output={output}>
          <TimeLeft execution={execution} output={output} />
        </RunProgress>
        <ExecutionGraphPanel execution={execution} output={output} />
        <ConnectionLine isLost={isBroken} />
        {cancel.error !== null && (
          <ProblemNotice
            error={cancel.error}
            actions={
              <Button
                variant="default"
                onClick={() => {
                  cancel.mutate();
                }}
              >
                {t("actions.tryAgain")}
              </Button>
            }
          />
        )}
        {execution.waiting_for !== null && (
          <DecisionPanel
            key={`${execution.waiting_for.reason}-${execution.waiting_for.step_number}-${execution.waiting_for.item ?? ""}`}
            execution={execution}
            waiting={execution.waiting_for}
            onCancel={() => {
              cancel.mutate();
            }}
          />
        )}
        <Ending execution={execution} doubtUsd={doubtUsd} />
        <h2 className="visually-hidden">{t("execution.results")}</h2>
        {execution.steps_data.map((step) => {
          const result = execution.results.find(({ step_number }) => step_number === step.step_number);
          const place = { step, result, topic: execution.initial_input };
          return (
            <StepSection
              key={step.step_number}
              {...place}
              executionId={execution.id}
              liveText={output.texts[step.step_number]}
              items={
                step.items_total === null ? undefined : (
                  <ItemList
                    {...place}
                    items={step.items ?? []}
                    output={output}
                    executionId={execution.id}
                    onRerun={
                      isAtRest(execution)
                        ? (item) => {
                            setTarget({ ...rerunTarget(execution, step.step_number), items: [item] });
                          }
                        : null
                    }
                    onTake={canBeCompared(execution, step) ? setTaking : null}
                  />
                )
              }
              menu={
                <StepMenu
                  execution={execution}
                  step={step}
                  result={result}
                  onRerun={setTarget}
                  onCompare={
                    step.items_total === null && canBeCompared(execution, step)
                      ? () => {
                          setTaking({ stepNumber: step.step_number, shown: null });
                        }
                      : null
                  }
                />
              }
              takes={
                step.items_total === null &&
                canBeCompared(execution, step) && (
                  <TakeStrip executionId={execution.id} stepNumber={step.step_number} onTake={setTaking} />
                )
              }
            />
          );
        })}
        <FrozenSteps execution={execution} />
        {hasBill(execution) && <CostComparison costs={execution.costs} />}
        <TakeDialog
          execution={execution}
          taking={taking}
          onTake={setTaking}
          onUse={(take) => {
            setTaking(null);
            setTarget({ ...rerunTarget(execution, null), take });
          }}
        />
        <RerunDialog
          target={target}
          onClose={() => {
            setTarget(null);
          }}
        />
      </div>
    </div>
  );
}

interface SummaryProps {
  execution: Execution;
  cancel: ReturnType<typeof useCancel>;
  onRerun: (target: RerunTarget) => void;
}

/** The execution in figures, and what can be done with it as a whole. */
function Summary({ execution, cancel, onRerun }: SummaryProps) {
  const { t } = useTranslation();
  return (
    <aside className={classes.overview}>
      <Overview execution={execution} />
      {!isFinal(execution.status) && execution.waiting_for?.reason !== "cap" && (
        <Button
          variant="default"
          fullWidth
          loading={cancel.isPending}
          leftSection={<IconPlayerStop aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            cancel.mutate();
          }}
        >
          {t("execution.cancel")}
        </Button>
      )}
      {!isFinal(execution.status) && <NotifyButton />}
      {execution.results.length > 0 && isFinal(execution.status) && (
        <Button
          component="a"
          href={`${API}/executions/${execution.id}/archive`}
          download
          variant="default"
          fullWidth
          leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
        >
          {t("execution.downloadAll")}
        </Button>
      )}
      {isAtRest(execution) && (
        <Button
          variant="default"
          fullWidth
          leftSection={<IconRepeat aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            onRerun(rerunTarget(execution, execution.status === "completed" ? 1 : null));
          }}
        >
          {t(execution.status === "completed" ? "rerun.title" : "rerun.missing")}
        </Button>
      )}
    </aside>
  );
}

/** Whether there is something to hold the estimate against: a live run that rests. */
function hasBill({ mode, status, costs }: Execution): boolean {
  return mode === "live" && (isFinal(status) || status === "waiting") && costs.calls > 0;
}

/** For an execution that did not complete: what happened, what it cost, and what is kept. */
function Ending({ execution, doubtUsd }: CostSentenceProps) {
  const { t } = useTranslation();
  if (execution.status !== "failed" && execution.status !== "cancelled") {
    return null;
  }
  return (
    <Notice
      kind={execution.status === "failed" ? "error" : "info"}
      title={t(`execution.${execution.status}`)}
    >
      {execution.error_message !== null && <p>{execution.error_message}</p>}
      <p>
        {t("execution.kept", { count: execution.results.length })}{" "}
        <CostSentence execution={execution} doubtUsd={doubtUsd} />
      </p>
    </Notice>
  );
}

interface CostSentenceProps {
  execution: Execution;
  /** As `useDoubtUsd` gives it. */
  doubtUsd: number | null;
}

/** What an execution that has ended has cost, as far as it is known, and what may still come. */
function CostSentence({ execution, doubtUsd }: CostSentenceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(isSettling(execution));
  const { total_cost: total, cost_basis: basis } = execution;
  const cost = format.cost(total, basis);
  const isKnown = isSomethingKnown(total, basis);
  if (hasCallOut(execution, Date.parse(now))) {
    return `${isKnown ? `${t("execution.cost", { cost })} ` : ""}${t("execution.costSettling")}`;
  }
  if (basis === "unknown" && doubtUsd !== null && doubtUsd > 0) {
    const most = format.atMost(total + doubtUsd);
    return isKnown
      ? t("execution.costBetween", { cost: format.atLeast(total), most })
      : t("execution.costAtMost", { most });
  }
  return isKnown ? t("execution.cost", { cost }) : `${t("execution.costUnknown")}.`;
}

function Overview({ execution }: { execution: Execution }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isDone = isFinal(execution.status);
  const now = useNow(execution.started_at !== null && !isDone && execution.status !== "waiting");
  const saved = execution.steps_data.reduce((sum, { saved_usd }) => sum + (saved_usd ?? 0), 0);
  const time = elapsedBetween(execution.started_at, isDone ? execution.completed_at : now);
  return (
    <>
      <p className={classes.marks}>
        <Status status={execution.status} />
        {execution.mode === "rehearsal" && <RehearsalMark />}
      </p>
      {execution.rerun_of !== null && (
        <Link href={`/combinations/executions/${execution.rerun_of}`} className={classes.origin}>
          {execution.only_step !== null
            ? t("takes.takeOf", { id: execution.rerun_of, number: execution.only_step })
            : execution.rerun_from_step === null
              ? t("execution.madeFrom", { id: execution.rerun_of })
              : t("execution.madeFromStep", { id: execution.rerun_of, number: execution.rerun_from_step })}
        </Link>
      )}
      <dl className={classes.facts}>
        <div>
          <dt>{t(isDone && !isSettling(execution) ? "execution.totalCost" : "execution.costSoFar")}</dt>
          <dd className={`${classes.cost} figures`}>
            {format.cost(execution.total_cost, execution.cost_basis)}
          </dd>
        </div>
        {execution.mode === "rehearsal" && isDone && (
          <div>
            <dt>{t("execution.liveCost")}</dt>
            <dd className="figures">{format.cost(execution.live_cost, "estimated")}</dd>
          </div>
        )}
        {saved > 0 && (
          <div>
            <dt>{t("execution.saved")}</dt>
            <dd className="figures">{format.money(saved)}</dd>
          </div>
        )}
        {execution.cap_usd !== null && (
          <div>
            <dt>{t("execution.cap")}</dt>
            <dd className="figures">{format.cap(execution.cap_usd)}</dd>
          </div>
        )}
        {time !== null && (
          <div>
            <dt>{t("execution.time")}</dt>
            <dd className="figures">{time}</dd>
          </div>
        )}
        {execution.initial_input !== "" && (
          <div className={classes.secondary}>
            <dt>{t("topic.label")}</dt>
            <dd className={classes.topic}>{execution.initial_input}</dd>
          </div>
        )}
        <div className={classes.secondary}>
          <dt>{t("execution.started")}</dt>
          <dd className="figures">{format.date(execution.created_at)}</dd>
        </div>
      </dl>
    </>
  );
}

/**
 * The most that calls in doubt may have cost, USD, as long as the screen is open: 0 where none was seen, null where one
 * has no known price.
 */
function useDoubtUsd({ waiting_for: waiting, steps_data: steps }: Execution): number | null {
  const [doubts, setDoubts] = useState<Record<string, number | null>>({});
  const isInDoubt = waiting?.reason === "in_doubt";
  const step = steps.find((data) => data.step_number === waiting?.step_number);
  const place = waiting?.item === undefined ? step : step?.items?.[waiting.item];
  const call = isInDoubt ? `${waiting.step_number}/${waiting.item ?? ""}/${place?.attempts ?? 0}` : null;
  const amount = waiting?.amount_usd ?? null;
  if (call !== null && !Object.hasOwn(doubts, call)) {
    setDoubts({ ...doubts, [call]: amount });
  }
  return Object.values(doubts).reduce<number | null>(
    (sum, usd) => (sum === null || usd === null ? null : sum + usd),
    0,
  );
}
