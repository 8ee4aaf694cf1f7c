import { useTranslation } from "react-i18next";
import type { StepEstimateWire } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./editor.module.css";

/** What a step is likely to cost and how long it takes, with what that rests on. */
export function StepPrice({ estimate }: { estimate: StepEstimateWire }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { estimated_cost: likely, estimated_cost_low: low, estimated_cost_high: high } = estimate;
  const amount =
    likely === null
      ? format.cost(low, "unknown")
      : format.cost(likely, estimate.certainty === "exact" ? "metered" : "estimated");
  const range =
    high === null || high === low
      ? null
      : t("editor.between", { low: format.money(low), high: format.atMost(high) });
  const assumed = estimate.assumes.map((assumption) => t(`assumes.${assumption}`)).join(", ");
  const past = estimate.past_runs > 0 ? t("assumes.pastRuns", { count: estimate.past_runs }) : null;
  return (
    <p className={classes.stepPrice}>
      <span className="figures">{amount}</span>
      <span>{format.secondsRange(estimate.estimated_seconds_low, estimate.estimated_seconds_high)}</span>
      {range !== null && <span className="figures">{range}</span>}
      {estimate.items !== null && <span>{t("assumes.items", { count: estimate.items })}</span>}
      {assumed !== "" && <span>{t("assumes.title", { what: past ?? assumed })}</span>}
    </p>
  );
}
