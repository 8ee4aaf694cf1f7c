import { useTranslation } from "react-i18next";
import type { RerunEstimate } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./rerun.module.css";

/** What running again would keep and buy: one sentence, then step by step. */
export function RerunPlan({ estimate }: { estimate: RerunEstimate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cost = useLikelyCost(estimate);
  const saved = estimate.saved_usd;
  const count = estimate.reused_count;
  const reused =
    saved > 0 ? t("rerun.reusedSaved", { count, saved: format.money(saved) }) : t("rerun.reused", { count });
  const made = t("rerun.made", { count: estimate.made_count, cost: cost ?? t("rerun.unpriced") });
  return (
    <section aria-label={t("rerun.plan")} className={classes.plan}>
      <p className={`${classes.summary} figures`} aria-live="polite">
        {count === 0 ? `${made}.` : t("rerun.both", { reused, made })}
      </p>
      <ol className={classes.steps}>
        {estimate.plan.map((step) => {
          const priced = estimate.steps.find(({ step_number }) => step_number === step.step_number);
          return (
            <li key={step.step_number} data-action={step.action}>
              <span className={classes.stepName}>
                {step.name === null
                  ? t("rerun.fromStep", { number: step.step_number })
                  : t("rerun.fromStepNamed", { number: step.step_number, name: step.name })}
              </span>
              <span className={classes.stepFate}>
                {step.action === "reuse" && t("rerun.kept")}
                {step.action === "replace" && t("rerun.given")}
                {step.action === "take" && t("takes.chosen")}
                {step.reason !== null && t(`rerun.reason.${step.reason}`)}
              </span>
              <span className="figures">
                {step.action === "make" && estimate.mode === "live"
                  ? format.cost(
                      priced?.estimated_cost ?? null,
                      priced?.cost_basis === "free" ? "free" : "estimated",
                    )
                  : format.money(0)}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What is likely to be paid, in words; null where no price is known. */
export function useLikelyCost(estimate: RerunEstimate | undefined): string | null {
  const { t } = useTranslation();
  const format = useFormat();
  const usd = estimate?.estimated_cost ?? null;
  if (usd === null) {
    return null;
  }
  return usd === 0 ? format.money(0) : t("rerun.about", { cost: format.money(usd) });
}
