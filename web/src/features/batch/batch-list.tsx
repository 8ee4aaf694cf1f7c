import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useBatches } from "../../api/batches.ts";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { batchPath } from "../../paths.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./batch-list.module.css";

/** The newest batches, above the history; nothing where there are none. */
export function BatchList() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: batches = [] } = useBatches();
  if (batches.length === 0) {
    return null;
  }
  return (
    <details className={classes.batches}>
      <summary>
        {t("batch.listTitle")} <span className="figures">{batches.length}</span>
      </summary>
      <ul className={classes.list}>
        {batches.map((batch) => (
          <li key={batch.id}>
            <Link href={batchPath(batch.id)} className={classes.title}>
              {batch.title ?? t("batch.untitled")}
            </Link>
            <span className={classes.facts}>
              {t("batch.listFacts", { count: batch.row_count, date: format.date(batch.created_at) })}
            </span>
            <span className={classes.state}>
              <Status status={batch.status} />
              {batch.mode === "rehearsal" && <RehearsalMark />}
            </span>
            <span className="figures">{format.cost(batch.total_cost, batch.cost_basis)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
