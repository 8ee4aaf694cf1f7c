import { IconHome, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { MediumIcon } from "../../components/medium.tsx";
import type { Choice } from "../editor/model-choices.ts";
import { useEndWords, useKeyWords, usePriceWords, useTakesWords } from "./model-facts.tsx";
import classes from "./fields.module.css";

/** One model in the list of models. `choice` is undefined for one that no list holds. */
export function ModelOption({ label, choice }: { label: string; choice: Choice | undefined }) {
  const { t } = useTranslation();
  const price = usePriceWords();
  const key = useKeyWords();
  const ends = useEndWords();
  const takes = useTakesWords();
  if (choice === undefined) {
    return <span className={classes.modelName}>{label}</span>;
  }
  const end = ends(choice);
  const taken = takes(choice);
  return (
    <span className={classes.model} data-medium={choice.modality} data-gone={choice.isGone}>
      <MediumIcon medium={choice.modality} size={18} />
      <span className={classes.modelName} data-family={choice.isFamily}>
        {label}
      </span>
      <span className={classes.modelPrice}>
        {choice.price !== null && !choice.isGone && !choice.isComposed && price(choice.price)}
      </span>
      <span className={classes.modelFacts}>
        {choice.missing !== null && !choice.isGone && (
          <span className={classes.fact} data-missing>
            <IconKey size={14} stroke={1.75} aria-hidden />
            {key(choice)}
          </span>
        )}
        {choice.isLocal && !choice.isComposed && choice.missing === null && (
          <span className={classes.fact}>
            <IconHome size={14} stroke={1.75} aria-hidden />
            {key(choice)}
          </span>
        )}
        {choice.isUnofficial && <span>{t("keys.unofficialShort")}</span>}
        {end !== null && <span className={classes.modelEnd}>{end}</span>}
        {taken !== null && !choice.isComposed && !choice.isGone && <span>{taken}</span>}
      </span>
    </span>
  );
}
