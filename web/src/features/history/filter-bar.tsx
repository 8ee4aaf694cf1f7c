import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconFilter, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EXECUTION_STATUSES } from "../../../../src/workflow/statuses.ts";
import { useTemplates, useWorkflows } from "../../api/queries.ts";
import { SearchField } from "../../components/search-field.tsx";
import { isFiltered, NO_FILTER, type HistoryFilter } from "./history-filter.ts";
import classes from "./history.module.css";

interface FilterBarProps {
  filter: HistoryFilter;
  onChange: (changes: Partial<HistoryFilter>, options?: { goesOn: boolean }) => void;
}

/** What the history is searched for and narrowed to. */
export function FilterBar({ filter, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(() => isFiltered({ ...filter, q: "" }));
  return (
    <search className={classes.filters} data-open={isOpen} aria-label={t("library.filters")}>
      <SearchField
        className={classes.search}
        label={t("library.search")}
        placeholder={t("library.searchHint")}
        value={filter.q}
        onChange={(q) => {
          onChange({ q }, { goesOn: true });
        }}
      />
      {isFiltered(filter) && (
        <Button
          variant="subtle"
          className={classes.clear}
          leftSection={<IconX aria-hidden size={16} stroke={1.75} />}
          onClick={() => {
            onChange(NO_FILTER);
          }}
        >
          {t("library.clear")}
        </Button>
      )}
      <Button
        variant="default"
        className={classes.unfold}
        aria-expanded={isOpen}
        leftSection={<IconFilter aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {t("library.filters")}
      </Button>
      <NativeSelect
        size="md"
        label={t("history.filter")}
        value={filter.status ?? ""}
        data={[
          { value: "", label: t("history.all") },
          ...EXECUTION_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChange({ status: EXECUTION_STATUSES.find((value) => value === chosen) ?? null });
        }}
      />
      <NativeSelect
        size="md"
        label={t("history.mode")}
        value={filter.mode ?? ""}
        data={[
          { value: "", label: t("history.allModes") },
          { value: "live", label: t("history.live") },
          { value: "rehearsal", label: t("history.rehearsals") },
        ]}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChange({ mode: chosen === "live" || chosen === "rehearsal" ? chosen : null });
        }}
      />
      <SourceSelect
        value={filter.source}
        onChange={(source) => {
          onChange({ source });
        }}
      />
      <TextInput
        size="md"
        type="date"
        label={t("costs.from")}
        value={filter.from}
        max={filter.to}
        onChange={(event) => {
          onChange({ from: event.currentTarget.value });
        }}
      />
      <TextInput
        size="md"
        type="date"
        label={t("costs.to")}
        value={filter.to}
        min={filter.from}
        onChange={(event) => {
          onChange({ to: event.currentTarget.value });
        }}
      />
    </search>
  );
}

interface SourceSelectProps {
  value: string | null;
  onChange: (source: string | null) => void;
}

/** The saved workflows, those that were changed last, and the templates. */
function SourceSelect({ value, onChange }: SourceSelectProps) {
  const { t } = useTranslation();
  const workflows = useWorkflows().data?.pages.flatMap((page) => page.workflows) ?? [];
  const templates = (useTemplates().data ?? []).filter((template) => template.workflow_id === undefined);
  const saved = workflows.map(({ id, name }) => ({ value: `workflow:${id}`, label: name }));
  const ready = templates.map(({ id, name }) => ({ value: `template:${id}`, label: name }));
  const isListed = value === null || [...saved, ...ready].some((choice) => choice.value === value);
  return (
    <NativeSelect
      size="md"
      label={t("history.combination")}
      value={value ?? ""}
      data={[
        { value: "", label: t("history.all") },
        ...(isListed ? [] : [{ value, label: value.replace(/^\w+:/, "") }]),
        { group: t("workflows.heading"), items: saved },
        { group: t("history.templates"), items: ready },
      ].filter((choice) => !("items" in choice) || choice.items.length > 0)}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(chosen === "" ? null : chosen);
      }}
    />
  );
}
