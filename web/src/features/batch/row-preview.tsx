import { ActionIcon, Switch, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { TOPIC } from "./batch-rows.ts";
import type { PreviewRow } from "./use-batch-form.ts";
import { useVisibleRows } from "./use-visible-rows.ts";
import classes from "./batch.module.css";

/** A field with the gap below it. */
const FIELD_HEIGHT = 48;
/** The padding and border of a row. */
const PADDING = 9;
/** A problem, which takes two lines at most. */
const PROBLEM_HEIGHT = 44;

interface RowPreviewProps {
  rows: readonly PreviewRow[];
  /** How many of them have problems. */
  wrong: number;
  /** What rows hold, by name; the topic first. */
  fields: readonly string[];
  /** What inputs are called. */
  labels: Record<string, string>;
  onCell: (line: number, name: string, value: string) => void;
  onRemove: (line: number) => void;
}

/** The rows as they would be run, each mended in place. Only those in sight are drawn. */
export function RowPreview({ rows, wrong, fields, labels, onCell, onRemove }: RowPreviewProps) {
  const { t } = useTranslation();
  const lines = useRef<HTMLOListElement>(null);
  const [isCut, setCut] = useState(false);
  const onlyWrong = isCut && wrong > 0;
  const numbered = rows
    .map((row, index) => ({ row, number: index + 1 }))
    .filter(({ row }) => !onlyWrong || Object.keys(row.problems).length > 0);
  const isPhone = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const heightOf = (index: number) => {
    const said = Object.keys(numbered[index]?.row.problems ?? {});
    const extra = said.filter((name) => !fields.includes(name)).length;
    const stacked = isPhone ? fields.length : 1;
    const problems = isPhone ? said.length - extra : Math.min(1, said.length - extra);
    return PADDING + stacked * FIELD_HEIGHT + (problems + extra) * PROBLEM_HEIGHT;
  };
  const list = useVisibleRows(lines, heightOf, numbered.length);
  return (
    <section className={classes.preview} aria-labelledby="batch-rows">
      <div className={classes.previewHead}>
        <h2 id="batch-rows">{t("batch.rows", { count: rows.length })}</h2>
        {wrong > 0 && (
          <Switch
            label={t("batch.onlyWrong", { count: wrong })}
            checked={isCut}
            onChange={(event) => {
              setCut(event.currentTarget.checked);
            }}
          />
        )}
      </div>
      <div className={classes.frame}>
        <ol ref={lines} className={classes.lines} style={{ height: list.height }}>
          {list.rows.map(({ index, top }) => {
            const shown = numbered[index];
            return (
              shown && (
                <li
                  key={shown.row.line}
                  data-wrong={Object.keys(shown.row.problems).length > 0}
                  className={classes.line}
                  aria-posinset={index + 1}
                  aria-setsize={numbered.length}
                  style={{ height: heightOf(index), transform: `translateY(${top}px)` }}
                >
                  <span className={classes.number}>{shown.number}</span>
                  <span className={classes.cells}>
                    {fields.map((name) => (
                      <TextInput
                        key={name}
                        aria-label={t("batch.cell", {
                          field: name === TOPIC ? t("topic.label") : labels[name],
                          number: shown.number,
                        })}
                        value={name === TOPIC ? shown.row.topic : (shown.row.inputs[name] ?? "")}
                        error={shown.row.problems[name]}
                        onChange={(event) => {
                          onCell(shown.row.line, name, event.currentTarget.value);
                        }}
                      />
                    ))}
                    {Object.entries(shown.row.problems)
                      .filter(([name]) => !fields.includes(name))
                      .map(([name, message]) => (
                        <span key={name} className={classes.rowProblem}>
                          {message}
                        </span>
                      ))}
                  </span>
                  <ActionIcon
                    aria-label={t("batch.removeRow", { number: shown.number })}
                    onClick={() => {
                      onRemove(shown.row.line);
                    }}
                  >
                    <IconTrash aria-hidden size={18} stroke={1.6} />
                  </ActionIcon>
                </li>
              )
            );
          })}
        </ol>
      </div>
    </section>
  );
}
