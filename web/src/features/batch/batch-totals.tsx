import { useTranslation } from "react-i18next";
import type { BatchDetail, BatchRowWire, BatchState } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import { useNow } from "../execution/use-now.ts";
import { doneOf, timeLeftMs } from "./batch-progress.ts";
import classes from "./batch.module.css";

interface BatchTotalsProps {
  batch: Pick<BatchDetail, "mode" | "estimate" | "row_count">;
  state: BatchState;
  rows: readonly BatchRowWire[];
}

/** One bar for all rows, and what they have cost together. */
export function BatchTotals({ batch, state, rows }: BatchTotalsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total } = doneOf(state);
  const { counts, cap } = state;
  const isMoving = counts.running > 0 || counts.pending > 0;
  const left = timeLeftMs(rows, useNow(isMoving));
  const text = t("batch.progress", { done, total });
  const share = (count: number) => `${(100 * count) / Math.max(1, total)}%`;
  return (
    <div className={classes.totals}>
      <progress
        className="visually-hidden"
        aria-label={t("batch.progressLabel")}
        aria-valuetext={text}
        max={Math.max(1, total)}
        value={done}
      />
      <div className={classes.track} aria-hidden>
        <span className={classes.part} data-part="completed" style={{ width: share(counts.completed) }} />
        <span
          className={classes.part}
          data-part="failed"
          style={{ width: share(counts.failed + counts.cancelled) }}
        />
        <span className={classes.part} data-part="waiting" style={{ width: share(counts.waiting) }} />
        <span className={classes.part} data-part="running" style={{ width: share(counts.running) }} />
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t("batch.rowsDone")}</dt>
          <dd>
            <output className="figures">{text}</output>
          </dd>
        </div>
        <div>
          <dt>{t("batch.total")}</dt>
          <dd className="figures">
            {format.cost(state.total_cost, state.cost_basis)}
            {cap.cap_usd !== null && (
              <span className={classes.soft}> {t("batch.ofCap", { cap: format.cap(cap.cap_usd) })}</span>
            )}
          </dd>
        </div>
        {batch.estimate !== null && batch.estimate.estimated_cost !== null && (
          <div>
            <dt>{t("batch.expected")}</dt>
            <dd className="figures">{format.cost(batch.estimate.estimated_cost, "estimated")}</dd>
          </div>
        )}
        {left !== null && (
          <div>
            <dt>{t("batch.timeLeft")}</dt>
            <dd className="figures">{t("batch.about", { time: format.timeLeft(left) })}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
