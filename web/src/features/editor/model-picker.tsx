import {
  Select,
  type ComboboxItem,
  type ComboboxLikeRenderOptionInput,
  type OptionsFilter,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import { catalogueOf, MODALITY_ORDER } from "../../catalogue.ts";
import { today } from "../../today.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./editor.module.css";
import { choicesOf, type Choice } from "./model-choices.ts";
import { PhoneModelPicker } from "./phone-model-picker.tsx";

interface ModelPickerProps {
  value: string;
  error: string | null;
  onChange: (aiProvider: string) => void;
}

/** The model of a step: one of the list, or any other of a known provider by its full name. */
export function ModelPicker({ value, error, onChange }: ModelPickerProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const providers = useProviders();
  const choices = useMemo(() => choicesOf(providers.data), [providers.data]);
  const byValue = useMemo(() => new Map(choices.map((choice) => [choice.value, choice])), [choices]);
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  /** What stands in the field while it has the focus; null shows the chosen model. */
  const [typed, setTyped] = useState<string | null>(null);
  const groups = [
    ...MODALITY_ORDER.map((modality) => ({
      group: t(`medium.${modality}`),
      items: choices.filter((choice) => choice.modality === modality && !choice.isComposed),
    })),
    { group: t("editor.assemble"), items: choices.filter(({ isComposed }) => isComposed) },
  ].filter((group) => group.items.length > 0);
  const chosen = byValue.get(value);
  const description = chosen?.isComposed === true ? t("editor.assembled") : chosen?.note;
  const shared = { label: t("editor.model"), value, error, description };
  if (isPhone) {
    return (
      <PhoneModelPicker
        {...shared}
        groups={groups}
        isInList={providers.data === undefined || byValue.has(value)}
        onChange={onChange}
      />
    );
  }
  const chosenLabel = chosen?.label ?? value;
  const written = typed?.trim() ?? "";
  const others = new Set([value, ...(catalogue.resolve(written) === undefined ? [] : [written])]);
  const unlisted = [...others]
    .filter((id) => id !== "" && !byValue.has(id))
    .map((id) => ({ value: id, label: id }));
  const other = { group: t("editor.otherModel"), items: unlisted };
  return (
    <Select
      {...shared}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={unlisted.length > 0 ? [...groups, other] : groups}
      searchable
      data-own-undo
      // The list gives the chosen model another label when it arrives. Left to itself, Select then writes that over what
      // is being typed, or over what is selected to be typed over.
      searchValue={typed ?? chosenLabel}
      {...(typed === value && { filter: everyOption })}
      onFocus={() => {
        setTyped(chosenLabel);
      }}
      onInput={(event) => {
        setTyped(event.currentTarget.value);
      }}
      onBlur={() => {
        setTyped(null);
      }}
      onOptionSubmit={() => {
        setTyped(null);
      }}
      allowDeselect={false}
      nothingFoundMessage={t(providers.isPending ? "loading" : "editor.noModel")}
      withScrollArea={false}
      comboboxProps={{ withinPortal: false }}
      classNames={{ options: classes.options }}
      onChange={(next) => {
        if (next !== null) {
          onChange(next);
        }
      }}
      renderOption={({ option }: ComboboxLikeRenderOptionInput<ComboboxItem>) => (
        <Option label={option.label} choice={byValue.get(option.value)} />
      )}
    />
  );
}

/** The name of the chosen model is no search for others, under whichever label it stood there. */
const everyOption: OptionsFilter = ({ options }) => options;

function Option({ label, choice }: { label: string; choice: Choice | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes.option}>
      <span className={classes.optionLabel} data-family={choice?.isFamily === true}>
        {label}
      </span>
      {choice?.isUnofficial === true && (
        <span className={classes.optionFact}>{t("keys.unofficialShort")}</span>
      )}
      {choice !== undefined && choice.missing !== null && (
        <span className={classes.optionFact}>
          <IconKey size={14} stroke={1.75} aria-hidden />
          {choice.missing === "address" ? t("keys.addressMissing") : t("keys.missingShort")}
        </span>
      )}
      {choice !== undefined && choice.shutdownDate !== null && (
        <span className={classes.optionFact}>
          {choice.shutdownDate > today()
            ? t("editor.endsOn", { date: format.day(choice.shutdownDate) })
            : t("editor.wasToEndOn", { date: format.day(choice.shutdownDate) })}
        </span>
      )}
    </span>
  );
}
