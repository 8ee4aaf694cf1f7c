import { Combobox, useCombobox } from "@mantine/core";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { MediumIcon } from "../../components/medium.tsx";
import { PastValueLine } from "./past-value-line.tsx";
import { pastValue } from "./past-values.ts";
import { useStepFields } from "./step-fields.ts";
import { usePastRun } from "./use-past-run.ts";
import type { FoundVariable, Variable } from "./variables.ts";
import classes from "./fields.module.css";

interface VariableListProps {
  id: string;
  found: readonly FoundVariable[];
  active: number;
  /** Where the brace is that is completed, in pixels from the corner of the field. */
  at: { left: number; top: number };
  onTake: (found: FoundVariable) => void;
}

/** The names that fit what was typed after a brace, each with what it held in the last execution. */
export function VariableList({ id, found, active, at, onTake }: VariableListProps) {
  const { t } = useTranslation();
  const { step, catalogue, origin } = useStepFields();
  const run = usePastRun(origin);
  const store = useCombobox();
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.style.setProperty("--brace-left", `${at.left}px`);
    list.current?.style.setProperty("--brace-top", `${at.top}px`);
  }, [at]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <Combobox
      store={store}
      onOptionSubmit={(written) => {
        const one = found.find(({ variable }) => variable.written === written);
        if (one !== undefined) onTake(one);
      }}
    >
      <Combobox.Options ref={list} id={id} aria-label={t("fields.variables")} className={classes.variables}>
        {found.map((one, index) => (
          <Combobox.Option
            key={one.variable.written}
            id={optionId(id, index)}
            value={one.variable.written}
            active={index === active}
            aria-selected={index === active}
            className={classes.variable}
            data-medium={one.variable.medium ?? "local"}
            data-active={index === active}
            data-part={one.variable.depth > 0}
          >
            <MediumIcon medium={one.variable.medium ?? "document"} size={18} />
            <span className={classes.variableName}>{`{${one.written}}`}</span>
            <VariableOrigin variable={one.variable} />
            {run !== undefined && (
              <PastValueLine
                value={run === null ? null : pastValue(one.variable, { step, run, catalogue })}
                hasRun={run !== null}
              />
            )}
          </Combobox.Option>
        ))}
      </Combobox.Options>
    </Combobox>
  );
}

/** The name of an entry of a list, for `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** Where a variable comes from and what it is, in words. */
function VariableOrigin({ variable }: { variable: Variable }) {
  const { t } = useTranslation();
  const { kind, label, step, medium, isTaken, isList } = variable;
  const from =
    step === null ? (label ?? t(`fields.kinds.${kind}`)) : t("editor.step", { number: step.step_number });
  const facts = [
    kind === "previous" ? t("fields.kinds.previous") : null,
    from,
    medium === null ? null : t(`medium.${medium}`),
    isList ? t("fields.list") : null,
    isTaken ? null : t("fields.notTaken"),
  ];
  return <span className={classes.variableOrigin}>{facts.filter((fact) => fact !== null).join(" · ")}</span>;
}
