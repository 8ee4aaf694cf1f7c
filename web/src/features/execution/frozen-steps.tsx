import { Button } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Execution } from "../../api/types.ts";
import { MediumChip } from "../../components/medium.tsx";
import { editorPath } from "../../paths.ts";
import classes from "./frozen-steps.module.css";

type FrozenStep = Execution["steps"][number];

/** What an execution ran, as it was: the steps with their models, prompts and parameters. */
export function FrozenSteps({ execution }: { execution: Execution }) {
  const { t } = useTranslation();
  const inputs = Object.entries(execution.inputs).filter(([name]) => name !== "topic");
  return (
    <details className={classes.frozen}>
      <summary className={classes.summary}>{t("history.frozen")}</summary>
      <p className={classes.lead}>{t("history.frozenLead")}</p>
      {inputs.length > 0 && <Values label={t("history.frozenInputs")} values={inputs} />}
      <ol className={classes.steps}>
        {execution.steps.map((step) => (
          <li key={step.step_number} className={classes.step}>
            <Step
              step={step}
              state={execution.steps_data.find(({ step_number }) => step_number === step.step_number)}
            />
          </li>
        ))}
      </ol>
      <Button
        component={Link}
        variant="default"
        leftSection={<IconAdjustments aria-hidden size={18} stroke={1.75} />}
        href={editorPath({ execution: execution.id })}
      >
        {t("execution.openEditor")}
      </Button>
    </details>
  );
}

interface StepProps {
  step: FrozenStep;
  state: Execution["steps_data"][number] | undefined;
}

function Step({ step, state }: StepProps) {
  const { t } = useTranslation();
  const number = step.step_number;
  const parameters = Object.entries(step.parameters);
  const ran = state?.performed_by === "local" ? t("execution.local") : state?.model;
  return (
    <>
      <h4 className={classes.title}>
        {step.name == null
          ? t("execution.step", { number })
          : t("execution.stepTitle", { number, name: step.name })}
        {state?.modality != null && <MediumChip medium={state.modality} />}
      </h4>
      <dl className={classes.facts}>
        <Fact label={t("history.frozenModel")}>
          {step.ai_provider}
          {ran != null && ran !== step.ai_provider && (
            <span className={classes.ran}>
              {state?.performed_by === "local" ? ran : t("history.frozenRan", { model: ran })}
            </span>
          )}
        </Fact>
        {step.prompt !== "" && (
          <Fact label={t("history.frozenPrompt")}>
            <pre className={classes.prompt}>{step.prompt}</pre>
            {step.use_previous_output && <span className={classes.ran}>{t("history.frozenPrevious")}</span>}
          </Fact>
        )}
        {step.for_each != null && (
          <Fact label={t("history.frozenForEach")}>
            <code>{step.for_each.in}</code>
          </Fact>
        )}
      </dl>
      {parameters.length > 0 && <Values label={t("history.frozenParameters")} values={parameters} />}
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

function Values({ label, values }: { label: string; values: readonly (readonly [string, unknown])[] }) {
  return (
    <dl className={classes.facts}>
      <Fact label={label}>
        <ul className={classes.values}>
          {values.map(([name, value]) => (
            <li key={name}>
              <code>{name}</code>
              <span>{typeof value === "string" ? value : JSON.stringify(value)}</span>
            </li>
          ))}
        </ul>
      </Fact>
    </dl>
  );
}
