import { useTranslation } from "react-i18next";
import type { Estimate, StepEstimateWire } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import type { DraftStep } from "./draft.ts";
import { capStanding, certaintiesIn, CERTAINTY_SIGNS, isExact } from "./run-price.ts";
import classes from "./run-button.module.css";

interface PriceDetailsProps {
  steps: readonly DraftStep[];
  estimate: Estimate | null;
  capUsd: number | null;
}

/** What the price rests on, step by step, and what the cap means for it. */
export function PriceDetails({ steps, estimate, capUsd }: PriceDetailsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (estimate === null) {
    return (
      <>
        <h3>{t("builder.price.title")}</h3>
        <p>{t("builder.price.notYetHelp")}</p>
        <p>{t("builder.price.rehearse")}</p>
      </>
    );
  }
  const standing = capStanding(estimate, capUsd);
  const { estimated_cost: likely, estimated_cost_low: low, estimated_cost_high: high } = estimate;
  return (
    <>
      <h3>{t("builder.price.title")}</h3>
      <ul className={classes.steps}>
        {estimate.steps.map((step) => (
          <StepLine key={step.step_number} estimate={step} name={steps[step.step_number - 1]?.name ?? null} />
        ))}
      </ul>
      <p className={classes.total}>
        <span>{t("builder.price.total")}</span>
        <strong className="figures">
          {likely === null
            ? format.cost(low, "unknown")
            : format.cost(likely, isExact(estimate) ? "metered" : "estimated")}
        </strong>
      </p>
      <p className={classes.total}>
        <span>{t("builder.price.most")}</span>
        <strong className="figures">{high === null ? t("builder.price.noMost") : format.atMost(high)}</strong>
      </p>
      {standing !== "none" && (
        <p className={classes.standing} data-standing={standing}>
          {t(`builder.cap.long.${standing}`, { cap: format.cap(capUsd) })}
        </p>
      )}
      <Legend estimate={estimate} />
    </>
  );
}

function StepLine({ estimate, name }: { estimate: StepEstimateWire; name: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { step_number: number, certainty, estimated_cost: likely, estimated_cost_low: low } = estimate;
  const title = name === null ? t("editor.step", { number }) : `${number} · ${name}`;
  const past = estimate.past_runs > 0 ? t("assumes.pastRuns", { count: estimate.past_runs }) : null;
  const assumed = past ?? estimate.assumes.map((assumption) => t(`assumes.${assumption}`)).join(", ");
  const range =
    assumed === "" && certainty === "assumed" && estimate.estimated_cost_high !== null
      ? t("editor.between", { low: format.money(low), high: format.atMost(estimate.estimated_cost_high) })
      : "";
  return (
    <li>
      <span className={classes.sign} title={t(`builder.signs.${certainty}`)}>
        <span aria-hidden>{CERTAINTY_SIGNS[certainty]}</span>
        <span className="visually-hidden">{t(`builder.signs.${certainty}`)}</span>
      </span>
      <span className={classes.what}>
        <span>{title}</span>
        <span className={classes.assumed}>
          {[
            estimate.items === null ? "" : t("assumes.items", { count: estimate.items }),
            assumed === "" ? range : t("assumes.title", { what: assumed }),
          ]
            .filter((text) => text !== "")
            .join(" · ")}
        </span>
      </span>
      <span className="figures">{likely === null ? format.cost(low, "unknown") : format.money(likely)}</span>
    </li>
  );
}

/** The signs that stand above, in words. */
function Legend({ estimate }: { estimate: Estimate }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.legend} aria-hidden>
      {certaintiesIn(estimate.steps).map((certainty) => (
        <li key={certainty}>
          <span className={classes.sign}>{CERTAINTY_SIGNS[certainty]}</span> {t(`builder.signs.${certainty}`)}
        </li>
      ))}
    </ul>
  );
}
