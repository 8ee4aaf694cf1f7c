import {
  Select,
  type ComboboxItem,
  type ComboboxLikeRenderOptionInput,
  type ComboboxParsedItem,
  type OptionsFilter,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import { catalogueOf } from "../../catalogue.ts";
import { ModelFacts } from "../fields/model-facts.tsx";
import { ModelOption } from "../fields/model-option.tsx";
import { recentModels, rememberModel } from "../fields/recent-models.ts";
import { matchesSearch } from "../fields/search-text.ts";
import classes from "./editor.module.css";
import { choiceGroups, choicesOf, isFound, type Choice, type ChoiceGroup } from "./model-choices.ts";
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
  const [recent, setRecent] = useState(recentModels);
  const titleOf = useGroupTitle();
  const groups = useMemo(
    () => choiceGroups(choices, recent).map((group) => ({ group: titleOf(group), items: group.items })),
    [choices, recent, titleOf],
  );
  const chosen = byValue.get(value);
  const choose = (next: string) => {
    const choice = byValue.get(next);
    // What has gone says in the list what is taken in its place.
    const taken = choice?.isGone === true ? choice.replacement : next;
    if (taken !== null) {
      if (taken !== "") rememberModel(taken);
      onChange(taken);
    }
  };
  const shared = {
    label: t("editor.model"),
    value,
    error,
    description: chosen === undefined ? null : <Description choice={chosen} />,
  };
  if (isPhone) {
    return (
      <PhoneModelPicker
        {...shared}
        groups={groups}
        isInList={providers.data === undefined || byValue.has(value)}
        onChange={choose}
      />
    );
  }
  const chosenLabel = chosen?.label ?? value;
  const written = typed?.trim() ?? "";
  const others = new Set([value, ...(catalogue.resolve(written) === undefined ? [] : [written])]);
  const unlisted = [...others]
    .filter((id) => id !== "" && !byValue.has(id))
    .map((id) => ({ value: id, label: id }));
  const listed = groups.map(({ group, items }) => ({ group, items: items.map(itemOf) }));
  const other = { group: t("editor.otherModel"), items: unlisted };
  // The name of the chosen model is no search for others, under whichever label it stood there.
  const search = typed === value || typed === chosenLabel ? "" : written;
  const filter: OptionsFilter = ({ options }) =>
    options.flatMap((option): ComboboxParsedItem[] => {
      const items = "group" in option ? option.items : [option];
      const found = items.filter((item) => {
        const choice = "value" in item ? byValue.get(item.value) : undefined;
        return choice === undefined ? matchesSearch(search, [item.label]) : isFound(choice, search);
      });
      return found.length > 0 && "group" in option ? [{ group: option.group, items: found }] : [];
    });
  return (
    <Select
      {...shared}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={unlisted.length > 0 ? [...listed, other] : listed}
      searchable
      data-own-undo
      // The list gives the chosen model another label when it arrives. Left to itself, Select then writes that over what
      // is being typed, or over what is selected to be typed over.
      searchValue={typed ?? chosenLabel}
      filter={filter}
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
      onDropdownOpen={() => {
        setRecent(recentModels());
      }}
      allowDeselect={false}
      nothingFoundMessage={t(providers.isPending ? "loading" : "editor.noModel")}
      withScrollArea={false}
      comboboxProps={{ withinPortal: false, keepMounted: false }}
      classNames={{ options: classes.options }}
      onChange={(next) => {
        if (next !== null) {
          choose(next);
        }
      }}
      renderOption={({ option }: ComboboxLikeRenderOptionInput<ComboboxItem>) => (
        <ModelOption label={option.label} choice={byValue.get(option.value)} />
      )}
    />
  );
}

/** What has gone, with nothing in its place, can be read and not taken. */
function itemOf({ value, label, isGone, replacement }: Choice) {
  return { value, label, disabled: isGone && replacement === null };
}

function Description({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  if (choice.isComposed) {
    return <>{t("editor.assembled")}</>;
  }
  return (
    <>
      {choice.note !== null && <span className={classes.modelNote}>{choice.note}</span>}
      <ModelFacts choice={choice} />
    </>
  );
}

/** What stands above some models: what they make, and whose they are. */
function useGroupTitle(): (group: ChoiceGroup) => string {
  const { t } = useTranslation();
  return useMemo(
    () =>
      ({ kind, modality, provider }) => {
        if (kind === "recent") return t("fields.model.recent");
        if (kind === "gone") return t("fields.model.gone");
        if (kind === "composed" || modality === null) return t("editor.assemble");
        const medium = t(`medium.${modality}`);
        return provider === null ? t("fields.model.names", { medium }) : `${medium} · ${provider}`;
      },
    [t],
  );
}
