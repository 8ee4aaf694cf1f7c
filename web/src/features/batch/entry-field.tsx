import { Button, Textarea } from "@mantine/core";
import { IconFileSpreadsheet, IconX } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { Notice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import { tableOf, type BatchEntry } from "./batch-rows.ts";
import { MAX_TABLE_BYTES, readTableFile } from "./read-table-file.ts";
import classes from "./batch.module.css";

interface EntryFieldProps {
  entry: BatchEntry;
  inputs: readonly WorkflowInput[];
  onChange: (changes: Partial<BatchEntry>) => void;
}

/** Where topics are pasted, or a file of them is dropped. A file stands before the list, which it leaves as it is. */
export function EntryField({ entry, inputs, onChange }: EntryFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const fileField = useId();
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function take(file: File | undefined) {
    if (file === undefined) {
      return;
    }
    setProblem(null);
    if (file.size > MAX_TABLE_BYTES) {
      setProblem(t("batch.fileTooLarge", { name: file.name, max: format.bytes(MAX_TABLE_BYTES) }));
      return;
    }
    try {
      const cells = await readTableFile(file);
      if (cells.length === 0 || cells.some((row) => row.some((cell) => cell.includes("\0")))) {
        setProblem(t("batch.fileUnreadable", { name: file.name }));
        return;
      }
      onChange({ table: tableOf(file.name, cells, inputs) });
    } catch {
      setProblem(t("batch.fileUnreadable", { name: file.name }));
    }
  }

  return (
    <div
      className={classes.entry}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      {entry.table === null ? (
        <Textarea
          label={t("batch.list")}
          description={t("batch.listHint")}
          placeholder={t("batch.listExample")}
          autosize
          minRows={4}
          maxRows={10}
          value={entry.list}
          onChange={(event) => {
            onChange({ list: event.currentTarget.value });
          }}
        />
      ) : (
        <p className={classes.file}>
          <IconFileSpreadsheet aria-hidden size={20} stroke={1.6} />
          <strong>{entry.table.fileName}</strong>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconX aria-hidden size={16} />}
            onClick={() => {
              onChange({ table: null });
            }}
          >
            {t("batch.removeFile")}
          </Button>
        </p>
      )}
      <div className={classes.drop}>
        <input
          id={fileField}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          className="visually-hidden"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]);
            // The same file, changed meanwhile, can be chosen once more.
            event.currentTarget.value = "";
          }}
        />
        <label htmlFor={fileField} className={classes.choose}>
          {t(entry.table === null ? "batch.chooseFile" : "batch.chooseOther")}
        </label>
        <span className={classes.soft}>{t("batch.dropHint")}</span>
      </div>
      {problem !== null && <Notice kind="error">{problem}</Notice>}
    </div>
  );
}
