import { Button } from "@mantine/core";
import { IconPencil, IconRepeat } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useExecution } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { ExecutionView } from "../execution/execution-view.tsx";
import classes from "./runner.module.css";

interface RunResultProps {
  id: number;
  isStarting: boolean;
  /** Runs once more with what this execution was given. */
  onAgain: (execution: Execution) => void;
  /** Fills the form in with it. */
  onChangeInputs: (execution: Execution) => void;
}

/** The execution below its form: its progress, then what it made. */
export function RunResult({ id, isStarting, onAgain, onChangeInputs }: RunResultProps) {
  const { t } = useTranslation();
  const { data } = useExecution(id, false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <section className={classes.result} aria-labelledby="result-heading">
      <header className={classes.resultHeader}>
        <h2 id="result-heading" ref={heading} tabIndex={-1}>
          {t("execution.untitled", { id })}
        </h2>
        {data !== undefined && isFinal(data.status) && (
          <div className={classes.actions}>
            <Button
              variant="default"
              loading={isStarting}
              leftSection={<IconRepeat aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                onAgain(data);
              }}
            >
              {t(data.mode === "rehearsal" ? "runner.form.rehearseAgain" : "runner.form.again")}
            </Button>
            <Button
              variant="default"
              leftSection={<IconPencil aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                onChangeInputs(data);
              }}
            >
              {t("runner.form.changeInputs")}
            </Button>
          </div>
        )}
      </header>
      <ExecutionView id={id} />
    </section>
  );
}
