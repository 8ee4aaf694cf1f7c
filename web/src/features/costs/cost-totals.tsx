import { useTranslation } from "react-i18next";
import type { CostReport } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./costs.module.css";

/** What a period has cost in all, and what there is to know of it. */
export function CostTotals({ totals }: { totals: CostReport["totals"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { failed_billed: failed, unused, in_doubt: doubt, unknown_calls: unknown, reused } = totals;
  const notes = [
    failed.calls > 0 && t("costs.failedBilled", { count: failed.calls, cost: format.money(failed.charged) }),
    unused.calls > 0 && t("costs.unused", { count: unused.calls, cost: format.money(unused.charged) }),
    doubt.calls > 0 &&
      (doubt.up_to === null
        ? t("costs.inDoubtUnknown", { count: doubt.calls })
        : t("costs.inDoubt", { count: doubt.calls, most: format.atMost(doubt.up_to) })),
    reused.saved > 0 && t("costs.saved", { count: reused.steps, cost: format.money(reused.saved) }),
    unknown > 0 && t("costs.unknown", { count: unknown }),
  ].filter((note) => note !== false);
  return (
    <section className={classes.totals} aria-label={t("costs.total")}>
      <p className={classes.total}>
        <span className={classes.totalLabel}>{t("costs.total")}</span>
        <span className={`${classes.amount} figures`}>
          {format.cost(totals.charged, totals.is_floor ? "unknown" : "metered")}
        </span>
        <span className={classes.quiet}>{t("costs.callCount", { count: totals.calls })}</span>
      </p>
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
