import { useTranslation } from "react-i18next";
import type { Modality } from "../../../../src/workflow/media.ts";
import type { CostGroupWire, CostReport } from "../../api/types.ts";
import { MediumIcon } from "../../components/medium.tsx";
import { useFormat } from "../../use-format.ts";
import { columnsOf, type Period } from "./period.ts";
import classes from "./costs.module.css";

type Format = ReturnType<typeof useFormat>;

interface ColumnSums {
  key: string;
  label: string;
  /** USD, the known part. */
  charged: number;
  isFloor: boolean;
  /** USD by modality; those without one under an empty key. */
  parts: Map<string, number>;
}

/** What was charged day by day, in the colours of the media. Read out as a table. */
export function CostChart({ report, period }: { report: CostReport; period: Period }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = sumColumns(report, period, format);
  const most = Math.max(...columns.map(({ charged }) => charged));
  const media = [...new Set(columns.flatMap(({ parts }) => [...parts.keys()]))].toSorted();
  const amountOf = ({ charged, isFloor }: ColumnSums) =>
    format.cost(charged, isFloor ? "unknown" : "metered");
  return (
    <figure className={classes.chart}>
      <div className={classes.plot} aria-hidden>
        <span className={`${classes.top} figures`}>{format.money(most)}</span>
        <div className={classes.columns} data-dense={columns.length > 40}>
          {columns.map((column) => (
            <div
              key={column.key}
              className={classes.column}
              title={t("costs.column", { label: column.label, cost: amountOf(column) })}
            >
              {column.isFloor && <span className={classes.uncertain} />}
              {media.map((medium) => (
                <span
                  key={medium}
                  className={classes.part}
                  data-medium={medium || "local"}
                  style={{ height: `${(100 * (column.parts.get(medium) ?? 0)) / (most || 1)}%` }}
                />
              ))}
            </div>
          ))}
        </div>
        <p className={`${classes.scale} figures`}>
          <span>{columns.at(0)?.label}</span>
          {columns.length > 1 && <span>{columns.at(-1)?.label}</span>}
        </p>
      </div>
      <figcaption className={classes.legend}>
        {media.map((medium) => (
          <span key={medium} className={classes.key} data-medium={medium || "local"}>
            {isModality(medium) ? <MediumIcon medium={medium} size={16} /> : null}
            {isModality(medium) ? t(`medium.${medium}`) : t("costs.otherMedium")}
          </span>
        ))}
        {columns.some(({ isFloor }) => isFloor) && (
          <span className={classes.key} data-uncertain>
            {t("costs.uncertain")}
          </span>
        )}
      </figcaption>
      <table className="visually-hidden">
        <caption>{t("costs.byDay")}</caption>
        <tbody>
          {columns
            .filter(({ charged, isFloor }) => charged > 0 || isFloor)
            .map((column) => (
              <tr key={column.key}>
                <th scope="row">{column.label}</th>
                <td>{amountOf(column)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}

function sumColumns(report: CostReport, period: Period, format: Format): ColumnSums[] {
  const unit = report.by === "month" ? "month" : "day";
  return columnsOf(period, unit).map((key) => {
    const rows = report.rows.filter((row) => row.key === key);
    const parts = new Map<string, number>();
    for (const part of rows.flatMap((row): CostGroupWire[] => row.parts ?? [])) {
      if (part.charged !== null && part.charged > 0) {
        parts.set(part.key, (parts.get(part.key) ?? 0) + part.charged);
      }
    }
    return {
      key,
      label: unit === "day" ? format.shortDay(key) : format.month(key),
      charged: rows.reduce((sum, row) => sum + (row.charged ?? 0), 0),
      isFloor: rows.some((row) => row.is_floor),
      parts,
    };
  });
}

/** The server groups by the modality of a model; a model that is gone has none. */
function isModality(medium: string): medium is Modality {
  return medium !== "";
}
