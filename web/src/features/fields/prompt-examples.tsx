import { useTranslation } from "react-i18next";
import { useStepFields } from "./step-fields.ts";
import classes from "./fields.module.css";

const PER_MEDIUM = ["first", "second", "third"] as const;

/** What could stand in an empty prompt, for what its model makes; one click writes it. */
export function PromptExamples({ onTake }: { onTake: (prompt: string) => void }) {
  const { t } = useTranslation();
  const { step, catalogue } = useStepFields();
  const model = catalogue.resolve(step.ai_provider);
  if (model === undefined || model.composed !== undefined) {
    return null;
  }
  const { modality } = model;
  // What makes documents is composed.
  if (modality === "document") {
    return null;
  }
  const isFirst = step.step_number === 1;
  const texts = PER_MEDIUM.map((which) => t(`fields.examples.${modality}.${which}`)).filter(
    // The first step has nothing before it.
    (text) => !isFirst || !text.includes("{previous_output}"),
  );
  return (
    <div className={classes.examples}>
      <p>{t(`fields.examples.${modality}.hint`)}</p>
      {texts.map((text) => (
        <button
          key={text}
          type="button"
          className={classes.example}
          onClick={() => {
            onTake(text);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
