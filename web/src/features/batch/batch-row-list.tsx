import { ActionIcon } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconRepeat } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { BatchRowWire } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MediumIcon } from "../../components/medium.tsx";
import { Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { isShown, type RowFilter } from "./batch-progress.ts";
import { useVisibleRows } from "./use-visible-rows.ts";
import classes from "./batch.module.css";

const ROW_HEIGHT = 81;
const PHONE_ROW_HEIGHT = 124;

interface BatchRowListProps {
  rows: readonly BatchRowWire[];
  filter: RowFilter;
  isLoading: boolean;
  isBusy: boolean;
  onRerun: (row: number) => void;
}

/** The rows of a batch; only those in sight are drawn. */
export function BatchRowList({ rows, filter, isLoading, isBusy, onRerun }: BatchRowListProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLOListElement>(null);
  const isPhone = useMediaQuery("(max-width: 860px)", undefined, { getInitialValueInEffect: false });
  const shown = rows.filter((row) => isShown(row, filter));
  const height = isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const list = useVisibleRows(frame, () => height, shown.length);
  if (isLoading) {
    return <LoadingLine />;
  }
  if (shown.length === 0) {
    return <p className={classes.soft}>{t("batch.noneShown")}</p>;
  }
  return (
    <ol ref={frame} className={classes.lines} style={{ height: list.height }} aria-label={t("batch.rowList")}>
      {list.rows.map(({ index, top }) => {
        const row = shown[index];
        return (
          row && (
            <li
              key={row.row}
              className={classes.row}
              aria-posinset={index + 1}
              aria-setsize={shown.length}
              style={{ height, transform: `translateY(${top}px)` }}
            >
              <Row row={row} isBusy={isBusy} onRerun={onRerun} />
            </li>
          )
        );
      })}
    </ol>
  );
}

function Row({
  row,
  isBusy,
  onRerun,
}: { row: BatchRowWire } & Pick<BatchRowListProps, "isBusy" | "onRerun">) {
  const { t } = useTranslation();
  const format = useFormat();
  const canRerun = row.status === "failed" || row.status === "cancelled";
  const said = row.error_message ?? row.preview?.excerpt ?? null;
  return (
    <>
      <span className={classes.number}>{row.row}</span>
      <Preview preview={row.preview} />
      <span className={classes.rowText}>
        <Link href={`/combinations/executions/${row.execution_id}`} className={classes.rowLink}>
          {row.initial_input === "" ? t("batch.row", { number: row.row }) : row.initial_input}
        </Link>
        {said !== null && (
          <span className={classes.excerpt} data-error={row.error_message !== null}>
            {said}
          </span>
        )}
      </span>
      <span className={classes.rowState}>
        <Status status={row.status} />
        {row.status === "running" && (
          <span className={classes.soft}>
            {t("execution.stepOf", { current: row.current_step, total: row.total_steps })}
          </span>
        )}
        {row.waiting_for !== null && (
          <span className={classes.soft}>{t(`batch.waits.${row.waiting_for.reason}`)}</span>
        )}
      </span>
      <span className={classes.rowCost}>{format.cost(row.total_cost, row.cost_basis)}</span>
      <span className={classes.rowAction}>
        {canRerun && (
          <ActionIcon
            aria-label={t("batch.rerunRow", { number: row.row })}
            disabled={isBusy}
            onClick={() => {
              onRerun(row.row);
            }}
          >
            <IconRepeat aria-hidden size={20} stroke={1.6} />
          </ActionIcon>
        )}
      </span>
    </>
  );
}

function Preview({ preview }: Pick<BatchRowWire, "preview">) {
  if (preview === null) {
    return <span className={classes.thumbnail} />;
  }
  if (preview.thumbnail_url !== null) {
    return <img className={classes.thumbnail} src={preview.thumbnail_url} alt="" loading="lazy" />;
  }
  return (
    <span className={classes.thumbnail} data-medium={preview.type}>
      <MediumIcon medium={preview.type} />
    </span>
  );
}
