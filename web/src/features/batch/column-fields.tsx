import { Checkbox, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { columnNames, TOPIC, type Table } from "./batch-rows.ts";
import classes from "./batch.module.css";

interface ColumnFieldsProps {
  table: Table;
  inputs: readonly WorkflowInput[];
  onChange: (table: Table) => void;
}

/** Which column of a file holds what; what was found out can be put right. */
export function ColumnFields({ table, inputs, onChange }: ColumnFieldsProps) {
  const { t } = useTranslation();
  const names = columnNames(table);
  const columns = names.map((name, index) => ({
    value: String(index),
    label: t("batch.column", { name, number: index + 1 }),
  }));
  const fields = [
    { name: TOPIC, label: t("topic.label"), none: t("batch.noColumn") },
    ...inputs.map(({ name, label }) => ({ name, label, none: t("batch.sameForAll") })),
  ];
  return (
    <fieldset className={classes.columns}>
      <legend>{t("batch.columns")}</legend>
      {fields.map(({ name, label, none }) => (
        <NativeSelect
          key={name}
          size="md"
          label={label}
          data={[{ value: "", label: none }, ...columns]}
          value={String(table.columns[name] ?? "")}
          onChange={(event) => {
            const { value } = event.currentTarget;
            const column = value === "" ? null : Number(value);
            onChange({ ...table, columns: { ...table.columns, [name]: column } });
          }}
        />
      ))}
      <Checkbox
        className={classes.header}
        label={t("batch.hasHeader")}
        checked={table.hasHeader}
        onChange={(event) => {
          onChange({ ...table, hasHeader: event.currentTarget.checked });
        }}
      />
    </fieldset>
  );
}
