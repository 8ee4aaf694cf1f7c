import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useExecution } from "../../api/queries.ts";
import type { ListedArtifactWire } from "../../api/types.ts";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { RehearsalMark } from "../../components/status.tsx";
import { formatElapsed } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import { KindIcon } from "./kind.tsx";
import classes from "./library.module.css";

/** Where a file came from: the run, the step and its prompt, the model and what it cost. */
export function FileOrigin({ file }: { file: ListedArtifactWire }) {
  const { t } = useTranslation();
  const format = useFormat();
  const size = file.width !== undefined && file.height !== undefined;
  const by = file.performed_by;
  return (
    <>
      <p className={classes.marks}>
        <span className={classes.kindMark} data-medium={file.kind}>
          <KindIcon kind={file.kind} size={16} />
          {t(`library.one.${file.kind}`)}
        </span>
        {file.mode === "rehearsal" && <RehearsalMark />}
      </p>
      <dl className={classes.facts}>
        <Fact label={t("library.origin")}>
          {file.is_upload ? t("library.upload") : (file.title ?? t("library.untitled"))}
        </Fact>
        {file.step_number !== undefined && (
          <Fact label={t("library.step")}>
            {file.step_name === undefined
              ? t("execution.step", { number: file.step_number })
              : t("execution.stepTitle", { number: file.step_number, name: file.step_name })}
            {file.item !== undefined && ` · ${t("library.item", { number: file.item + 1 })}`}
          </Fact>
        )}
        {by !== undefined && (
          <Fact label={t("library.madeBy")}>
            {by === "local" ? t("execution.local") : by === "cache" ? t("library.reused") : by}
          </Fact>
        )}
        <Fact label={t("library.size")}>
          <span className="figures">
            {[
              format.bytes(file.bytes),
              ...(size ? [`${file.width} × ${file.height}`] : []),
              ...(file.duration_seconds === undefined ? [] : [formatElapsed(file.duration_seconds * 1_000)]),
            ].join(" · ")}
          </span>
        </Fact>
        <Fact label={t("history.date")}>
          <span className="figures">{format.date(file.created_at)}</span>
        </Fact>
        {file.execution_id !== undefined && file.step_number !== undefined && (
          <StepFacts executionId={file.execution_id} stepNumber={file.step_number} />
        )}
      </dl>
    </>
  );
}

/** What only the execution knows: what the step cost and what it was asked. */
function StepFacts({ executionId, stepNumber }: { executionId: number; stepNumber: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useExecution(executionId, false);
  const step = data?.steps.find(({ step_number }) => step_number === stepNumber);
  const state = data?.steps_data.find(({ step_number }) => step_number === stepNumber);
  return (
    <>
      {state !== undefined && (
        <Fact label={t("library.stepCost")}>
          <span className="figures">{format.cost(state.cost, state.cost_basis)}</span>
        </Fact>
      )}
      {data !== undefined && data.initial_input !== "" && (
        <Fact label={t("topic.label")}>{data.initial_input.slice(0, 300)}</Fact>
      )}
      {step !== undefined && step.prompt !== "" && (
        <Fact label={t("library.prompt")}>
          <ScrollFrame className={classes.prompt} label={t("library.prompt")}>
            {step.prompt}
          </ScrollFrame>
        </Fact>
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
