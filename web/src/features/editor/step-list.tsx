import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { Estimate } from "../../api/types.ts";
import type { RunOrigin } from "../fields/use-past-run.ts";
import type { DraftStep } from "./draft.ts";
import { withListFrom } from "./list-references.ts";
import type { PlacedMessages } from "./problems.ts";
import { StepCard } from "./step-card.tsx";
import { SortableStep, StepHandle, StepSorting } from "./step-sorting.tsx";
import type { useStepActions } from "./use-step-actions.ts";
import classes from "./editor.module.css";

interface StepListProps {
  steps: readonly DraftStep[];
  inputs: readonly WorkflowInput[];
  /** Whose last execution shows what variables hold. */
  origin: RunOrigin;
  /** The step that a person works on; null where none is chosen. */
  chosenKey: string | null;
  problems: PlacedMessages;
  warnings: PlacedMessages;
  /** Null where none is known. */
  estimate: Estimate | null;
  actions: ReturnType<typeof useStepActions>;
}

/** The steps as cards, in their order, which can be changed by moving them. */
export function StepList({ steps, inputs, origin, chosenKey, estimate, actions, ...said }: StepListProps) {
  const { t } = useTranslation();
  const { edit } = actions;
  return (
    <StepSorting steps={steps} onMove={actions.move}>
      <ol className={classes.steps} aria-label={t("editor.steps")}>
        {steps.map((step, index) => (
          <SortableStep key={step.key} step={step} index={index} isChosen={step.key === chosenKey}>
            <StepCard
              {...said}
              handle={<StepHandle id={step.key} index={index} />}
              step={step}
              steps={steps}
              index={index}
              inputs={inputs}
              origin={origin}
              estimate={estimate?.steps.find((one) => one.step_number === index + 1) ?? null}
              onChange={(changes) => {
                edit((all) =>
                  all.map((other) => (other.key === step.key ? { ...other, ...changes } : other)),
                );
              }}
              onMove={(to) => {
                actions.move(index, to);
              }}
              onDuplicate={() => {
                actions.duplicate(index);
              }}
              onRemove={() => {
                actions.remove(index);
              }}
              onMakeList={(from) => {
                edit((all) => withListFrom(all, { from, over: index + 1 }));
              }}
            />
          </SortableStep>
        ))}
      </ol>
    </StepSorting>
  );
}
