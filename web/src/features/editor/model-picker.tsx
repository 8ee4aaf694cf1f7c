import { NativeSelect, Select, type ComboboxLikeRenderOptionInput, type ComboboxItem } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Modality } from "../../../../src/workflow/media.ts";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList } from "../../api/types.ts";
import { catalogueOf, MODALITY_ORDER } from "../../catalogue.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./editor.module.css";

interface ModelPickerProps {
  value: string;
  error: string | null;
  onChange: (aiProvider: string) => void;
}

/** One name that a step can take: a family, or a model by its full name. */
interface Choice {
  value: string;
  label: string;
  modality: Modality;
  /** Families come first, then the models of the vendors. */
  isFamily: boolean;
  keyState: "set" | "missing" | "unavailable";
  shutdownDate: string | null;
  /** Why a family stands for the model that it stands for. */
  note: string | null;
}

export function ModelPicker({ value, error, onChange }: ModelPickerProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const providers = useProviders();
  const choices = useMemo(() => choicesOf(providers.data), [providers.data]);
  const byValue = useMemo(() => new Map(choices.map((choice) => [choice.value, choice])), [choices]);
  const groups: { group: string; items: ComboboxItem[] }[] = MODALITY_ORDER.map((modality) => ({
    group: t(`medium.${modality}`),
    items: choices.filter((choice) => choice.modality === modality),
  })).filter((group) => group.items.length > 0);
  const [search, setSearch] = useState("");
  const typed = search.trim();
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  const others = new Set([value, ...(catalogue.resolve(typed) === undefined ? [] : [typed])]);
  const unlisted = [...others]
    .filter((id) => id !== "" && !byValue.has(id))
    .map((id) => ({ value: id, label: id }));
  if (unlisted.length > 0) {
    groups.push({ group: t("editor.otherModel"), items: unlisted });
  }
  const shared = {
    label: t("editor.model"),
    value,
    error,
    description: byValue.get(value)?.note,
    inputWrapperOrder: ["label", "input", "description", "error"] as const,
  };
  // A phone has a list of its own, which needs no room on the page.
  if (isPhone) {
    const data = groups.map((entry) => ({
      group: entry.group,
      items: entry.items.map((item) => withKeyState(item, byValue.get(item.value), t)),
    }));
    return (
      <NativeSelect
        {...shared}
        inputWrapperOrder={[...shared.inputWrapperOrder]}
        size="md"
        data={data}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
    );
  }
  return (
    <Select
      {...shared}
      inputWrapperOrder={[...shared.inputWrapperOrder]}
      data={groups}
      searchable
      onSearchChange={setSearch}
      allowDeselect={false}
      nothingFoundMessage={t("editor.noModel")}
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

/** The key state in words, for lists that hold text only. */
function withKeyState(item: ComboboxItem, choice: Choice | undefined, t: TFunction): ComboboxItem {
  if (choice === undefined || choice.keyState === "set") return item;
  return { ...item, label: `${item.label} (${t(`keys.${choice.keyState}Short`)})` };
}

function Option({ label, choice }: { label: string; choice: Choice | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes.option}>
      <span className={classes.optionLabel} data-family={choice?.isFamily === true}>
        {label}
      </span>
      {choice !== undefined && choice.keyState !== "set" && (
        <span className={classes.optionFact}>
          <IconKey size={14} stroke={1.75} aria-hidden />
          {t(`keys.${choice.keyState}Short`)}
        </span>
      )}
      {choice !== undefined && choice.shutdownDate !== null && (
        <span className={classes.optionFact}>
          {t("editor.endsOn", { date: format.day(choice.shutdownDate) })}
        </span>
      )}
    </span>
  );
}

function choicesOf(list: ProviderList | undefined): Choice[] {
  const models: Choice[] = [];
  for (const provider of list?.providers ?? []) {
    const keyState = !provider.is_available ? "unavailable" : provider.is_configured ? "set" : "missing";
    for (const model of provider.models) {
      if (model.status !== "shut_down") {
        models.push({
          value: model.id,
          label: model.id,
          modality: model.modality,
          isFamily: false,
          keyState,
          shutdownDate: model.status === "deprecated" ? model.shutdown_date : null,
          note: null,
        });
      }
    }
  }
  const byId = new Map(models.map((model) => [model.value, model]));
  const families = (list?.families ?? []).map((family): Choice => {
    const target = byId.get(family.model);
    return {
      value: family.id,
      label: family.label,
      modality: family.modality,
      isFamily: true,
      keyState: target?.keyState ?? (family.is_configured ? "set" : "missing"),
      shutdownDate: target?.shutdownDate ?? null,
      note: family.note ?? family.model,
    };
  });
  return [...families, ...models];
}
