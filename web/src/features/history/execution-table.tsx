import { Checkbox } from "@mantine/core";
import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { RehearsalMark, Status } from "../../components/status.tsx";
import type { ExecutionSummary } from "../../api/types.ts";
import { useWindowRows } from "../../components/use-window-rows.ts";
import { useFormat } from "../../use-format.ts";
import {
  DeleteButton,
  ExecutionTitle,
  RerunButton,
  SelectBox,
  Thumbnail,
  TopicLine,
} from "./execution-facts.tsx";
import type { ExecutionListProps } from "./execution-rows.ts";
import classes from "./history.module.css";

/** As in the style sheet. */
const ROW_PIXELS = 76;

/** The history on a wide screen. Only the rows about the screen are drawn, however long it is. */
export function ExecutionTable({ executions, selected, onSelectAll, ...actions }: ExecutionListProps) {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, beforePixels, afterPixels } = useWindowRows({
    container: body,
    count: executions.length,
    rowPixels: ROW_PIXELS,
  });
  const count = selected?.size ?? 0;
  return (
    <table className={classes.table} aria-rowcount={executions.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col" className={classes.boxCell}>
            <Checkbox
              aria-label={t("history.selectAll")}
              checked={count > 0 && count === executions.length}
              indeterminate={count > 0 && count < executions.length}
              onChange={onSelectAll}
            />
          </th>
          <th scope="col" colSpan={2}>
            {t("history.combination")}
          </th>
          <th scope="col">{t("history.status")}</th>
          <th scope="col" className={classes.number}>
            {t("history.cost")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.time")}
          </th>
          <th scope="col">{t("history.date")}</th>
          <th scope="col">
            <span className="visually-hidden">{t("history.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        <Gap key={`before ${beforePixels}`} pixels={beforePixels} />
        {rows.map(({ index }) => {
          const execution = executions[index];
          return (
            execution && (
              <ExecutionRow
                key={execution.id}
                index={index}
                execution={execution}
                isSelected={selected?.has(execution.id) === true}
                {...actions}
              />
            )
          );
        })}
        <Gap key={`after ${afterPixels}`} pixels={afterPixels} />
      </tbody>
    </table>
  );
}

/**
 * The height of the rows that are not drawn. Its key names that height, because Chromium goes on with the former height of a
 * row that is changed while rows beside it come and go, and the list would jump.
 */
function Gap({ pixels }: { pixels: number }) {
  return pixels > 0 ? <tr aria-hidden className={classes.gap} style={{ height: pixels }} /> : null;
}

interface ExecutionRowProps extends Pick<ExecutionListProps, "onSelect" | "onDelete" | "onRerun"> {
  execution: ExecutionSummary;
  index: number;
  isSelected: boolean;
}

/** Drawn anew only where something of it has changed: a scroll brings a few rows, and leaves the others as they are. */
const ExecutionRow = memo(function ExecutionRow({
  execution,
  index,
  isSelected,
  ...actions
}: ExecutionRowProps) {
  const format = useFormat();
  return (
    <tr aria-rowindex={index + 2} data-selected={isSelected}>
      <td className={classes.boxCell}>
        <SelectBox execution={execution} isSelected={isSelected} onSelect={actions.onSelect} />
      </td>
      <td className={classes.thumbnailCell}>
        <Thumbnail execution={execution} />
      </td>
      <td className={classes.titleCell}>
        <ExecutionTitle execution={execution} />
        <TopicLine execution={execution} />
      </td>
      <td>
        <span className={classes.state}>
          <Status status={execution.waiting_for === null ? execution.status : "waiting"} />
          {execution.mode === "rehearsal" && <RehearsalMark />}
        </span>
      </td>
      <td className={classes.number}>{format.cost(execution.total_cost, execution.cost_basis)}</td>
      <td className={classes.number}>
        {format.elapsedBetween(execution.started_at, execution.completed_at) ?? "–"}
      </td>
      <td className="figures">{format.date(execution.created_at)}</td>
      <td>
        <span className={classes.actions}>
          <RerunButton execution={execution} onRerun={actions.onRerun} />
          <DeleteButton execution={execution} onDelete={actions.onDelete} />
        </span>
      </td>
    </tr>
  );
});
