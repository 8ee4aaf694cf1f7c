import { Button } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import { useLanguage } from "../../language.ts";
import { today } from "../../today.ts";
import { mendedStep, mendsAt, type Mend } from "./mends.ts";
import { offeredModels } from "./offered-models.ts";
import { useStepFields } from "./step-fields.ts";
import classes from "./fields.module.css";

/** What puts right in one click what is wrong at a place of the step. */
export function MendButtons({ place }: { place: string }) {
  const { t } = useTranslation();
  const { data: list } = useProviders();
  const fields = useStepFields();
  const labelOf = useMendLabel();
  if (list === undefined) {
    return null;
  }
  const { step, steps, inputs, catalogue, onChange, onMove } = fields;
  const mends = mendsAt({
    step,
    steps,
    inputs,
    catalogue,
    place,
    offered: offeredModels(list),
    today: today(),
  });
  if (mends.length === 0) {
    return null;
  }
  return (
    <fieldset className={classes.mends} aria-label={t("fields.mends")}>
      <IconWand size={18} stroke={1.75} aria-hidden />
      {mends.map((mend) => (
        <Button
          key={JSON.stringify(mend)}
          size="compact-md"
          variant="default"
          className={classes.mend}
          onClick={() => {
            const mended = mendedStep(step, mend, { place, catalogue });
            if (mended !== null) onChange(mended);
            else if (mend.kind === "move_behind") onMove(mend.to);
          }}
        >
          {labelOf(mend)}
        </Button>
      ))}
    </fieldset>
  );
}

function useMendLabel(): (mend: Mend) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const { step, catalogue } = useStepFields();
  const specs = catalogue.resolve(step.ai_provider)?.parameters ?? {};
  return (mend) => {
    switch (mend.kind) {
      case "write_reference":
        return t("fields.mend.write", { reference: mend.to });
      case "remove_reference":
        return t("fields.mend.remove", { reference: mend.from });
      case "move_behind":
        return t("fields.mend.moveBehind", { number: mend.stepNumber });
      case "take_model":
        return t(mend.isReady ? "fields.mend.take" : "fields.mend.takeWithoutKey", { model: mend.model });
      case "set_parameter":
        return t("fields.mend.set", {
          value: typeof mend.value === "string" ? mend.value : JSON.stringify(mend.value),
        });
      case "rename_parameter":
        return t("fields.mend.rename", { name: specs[mend.to]?.label[language] ?? mend.to });
      case "reset_parameter":
        return t("fields.mend.reset");
      case "run_for_each":
        return t("fields.mend.forEach", { list: mend.list });
      case "drop_previous":
      default:
        return t("fields.mend.dropPrevious");
    }
  };
}
