import { useTranslation } from "react-i18next";
import type { Execution } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./cost-comparison.module.css";

type Costs = Execution["costs"];
type Charged = Omit<Costs, "steps">;

/** What each step was expected to cost beside what it was charged, folded away until somebody asks. */
export function CostComparison({ costs }: { costs: Costs }) {
  const { t } = useTranslation();
  return (
    <details className={classes.comparison}>
      <summary>{t("execution.costs.title")}</summary>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("execution.costs.step")}</th>
            <th scope="col">{t("execution.costs.estimated")}</th>
            <th scope="col">{t("execution.costs.charged")}</th>
          </tr>
        </thead>
        <tbody>
          {costs.steps.map((step) => (
            <CostRow
              key={step.step_number}
              name={step.name ?? t("execution.step", { number: step.step_number })}
              costs={step}
            />
          ))}
        </tbody>
        {costs.steps.length > 1 && (
          <tfoot>
            <CostRow name={t("execution.costs.total")} costs={costs} isTotal />
          </tfoot>
        )}
      </table>
    </details>
  );
}

interface CostRowProps {
  name: string;
  costs: Charged;
  /** What its steps say is not said again. */
  isTotal?: boolean;
}

function CostRow({ name, costs, isTotal = false }: CostRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const notes = useNotes(costs);
  const { estimate } = costs;
  return (
    <>
      <tr>
        <th scope="row">{name}</th>
        <td className="figures">
          {estimate === null ? t("execution.costs.notCalled") : <Estimated estimate={estimate} />}
        </td>
        <td className="figures">
          {costs.calls === 0 ? t("execution.costs.notCalled") : format.cost(costs.charged, costs.cost_basis)}
          {!isTotal && costs.calls > 0 && costs.charged !== null && (
            <small className={classes.aside}>{t(`execution.costs.basis.${costs.cost_basis}`)}</small>
          )}
        </td>
      </tr>
      {!isTotal && notes.length > 0 && (
        <tr>
          <td colSpan={3} className={classes.notes}>
            {notes.map((note) => (
              <span key={note}>{note}</span>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

function Estimated({ estimate }: { estimate: NonNullable<Charged["estimate"]> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { likely, low, high, certainty } = estimate;
  if (likely === null || high === null) {
    return format.cost(low, "unknown");
  }
  return (
    <>
      {format.cost(likely, certainty === "exact" ? "metered" : "estimated")}
      {high > likely && (
        <small className={classes.aside}>{t("execution.costs.atMost", { cost: format.atMost(high) })}</small>
      )}
    </>
  );
}

/** What there is to know of an amount, as sentences. */
function useNotes({ failed_billed: failed, unused, in_doubt: doubt, reused }: Charged): string[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { calls: count } = doubt;
  const inDoubt =
    doubt.up_to === null
      ? t("execution.costs.inDoubtUnknown", { count })
      : t("execution.costs.inDoubt", { count, most: format.atMost(doubt.up_to) });
  return [
    failed.calls > 0 &&
      t("execution.costs.failedBilled", { count: failed.calls, cost: format.money(failed.charged) }),
    unused.calls > 0 &&
      t("execution.costs.unused", { count: unused.calls, cost: format.money(unused.charged) }),
    count > 0 && inDoubt,
    reused.saved !== null &&
      t("execution.costs.saved", { count: reused.steps, cost: format.money(reused.saved) }),
  ].filter((note) => note !== false);
}
