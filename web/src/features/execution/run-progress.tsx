import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Execution, StepData } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import type { LiveOutput } from "./merge-events.ts";
import { stepProgress } from "./step-progress.ts";
import classes from "./execution.module.css";

interface RunProgressProps {
  execution: Pick<Execution, "current_step" | "total_steps" | "steps_data">;
  output: LiveOutput;
  /** What more there is to say of how far it is. */
  children?: ReactNode;
}

/** One segment a step, in the colour of what it makes, filling as it is made. */
export function RunProgress({ execution, output, children }: RunProgressProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { current_step: current, total_steps: total } = execution;
  const done = execution.steps_data.filter((step) => isFinal(step.status)).length;
  const text = t("execution.stepOf", { current, total });
  const working = execution.steps_data.filter((step) => step.status === "running");
  const measured = working.flatMap((step) => {
    const { items_done: itemsDone, items_total: itemsTotal } = step;
    if (itemsDone !== null && itemsTotal !== null) {
      return [{ step, amount: t("execution.items.progress", { done: itemsDone, total: itemsTotal }) }];
    }
    const fraction = output.fractions[step.step_number];
    return fraction === undefined ? [] : [{ step, amount: format.percent(fraction) }];
  });
  return (
    <div className={classes.progress}>
      <progress
        className="visually-hidden"
        aria-label={t("execution.progress")}
        aria-valuetext={text}
        max={total}
        value={done}
      />
      <div className={classes.segments} aria-hidden>
        {execution.steps_data.map((step) => (
          <span
            key={step.step_number}
            className={classes.segment}
            data-medium={step.modality ?? "text"}
            data-status={step.status}
          >
            <span
              className={classes.fill}
              style={{ transform: `scaleX(${fillOf(step, stepProgress(step, output))})` }}
            />
          </span>
        ))}
      </div>
      <div className={classes.progressText}>
        <output className={classes.progressText}>
          <strong className="figures">{text}</strong>
          {working.length > 0 && <span>{working.map(titleOf).join(" · ")}</span>}
        </output>
        {/* Outside the output, which is read aloud whenever it changes. */}
        {measured.map(({ step, amount }) => (
          <span key={step.step_number} className="figures">
            {working.length > 1 ? `${titleOf(step)} ${amount}` : amount}
          </span>
        ))}
        {children}
      </div>
    </div>
  );
}

function titleOf(step: StepData): string {
  return step.name ?? String(step.step_number);
}

/** How full the segment of a step is; a step that says nothing of its progress stands at a third while it works. */
function fillOf(step: StepData, fraction: number | undefined): number {
  if (isFinal(step.status)) {
    return 1;
  }
  // The items of a list that are done stay done while another waits for a person.
  if (step.status === "waiting") {
    return fraction ?? 0;
  }
  return step.status === "running" ? Math.max(0.08, fraction ?? 0.33) : 0;
}
