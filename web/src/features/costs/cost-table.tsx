import { useTranslation } from "react-i18next";
import { useCosts } from "../../api/queries.ts";
import type { CostGroupWire } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import type { Period } from "./period.ts";
import classes from "./costs.module.css";

interface CostTableProps {
  period: Period;
  by: "workflow" | "provider" | "model";
}

/** Where the money of a period went, the dearest first. */
export function CostTable({ period, by }: CostTableProps) {
  const { t } = useTranslation();
  const costs = useCosts(period, { by });
  const rows = costs.data?.rows ?? [];
  const most = Math.max(...rows.map(({ charged }) => charged ?? 0));
  return (
    <section aria-labelledby={`costs-${by}`}>
      <h2 id={`costs-${by}`} className={classes.heading}>
        {t(`costs.by.${by}`)}
      </h2>
      {costs.isPending && <LoadingLine />}
      {costs.error !== null && <ProblemNotice error={costs.error} />}
      {rows.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t(`costs.one.${by}`)}</th>
              <th scope="col" className={classes.number}>
                {t("costs.calls")}
              </th>
              <th scope="col" className={classes.number}>
                {t("costs.charged")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <CostRow key={row.key} row={row} share={most > 0 ? (row.charged ?? 0) / most : 0} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function CostRow({ row, share }: { row: CostGroupWire; share: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr>
      <th scope="row" className={classes.name}>
        {row.label ?? t("costs.noWorkflow")}
        <span className={classes.bar} style={{ width: `${100 * share}%` }} aria-hidden />
      </th>
      <td className={classes.number}>{row.calls}</td>
      <td className={classes.number}>{format.cost(row.charged, row.is_floor ? "unknown" : "metered")}</td>
    </tr>
  );
}
