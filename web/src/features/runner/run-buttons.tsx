import { Button } from "@mantine/core";
import { IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Estimate } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./runner.module.css";

interface RunButtonsProps {
  /** Null while it is not known. */
  estimate: Estimate | null;
  starting: "live" | "rehearsal" | null;
  onRun: (mode: "live" | "rehearsal") => void;
}

/** The two ways to run, each with its price. The one that works at once stands out. */
export function RunButtons({ estimate, starting, onRun }: RunButtonsProps) {
  const { t } = useTranslation();
  const price = usePrice(estimate);
  const isRehearsalFirst = (estimate?.missing_settings.length ?? 0) > 0;
  return (
    <div className={classes.foot}>
      <Button
        size="lg"
        variant={isRehearsalFirst ? "filled" : "default"}
        leftSection={<IconPlayerTrackNext aria-hidden size={18} stroke={1.75} />}
        loading={starting === "rehearsal"}
        disabled={starting !== null}
        onClick={() => {
          onRun("rehearsal");
        }}
      >
        {t("templates.rehearse")}
      </Button>
      <Button
        size="lg"
        variant={isRehearsalFirst ? "default" : "filled"}
        leftSection={<IconPlayerPlay aria-hidden size={18} stroke={1.75} />}
        loading={starting === "live"}
        disabled={starting !== null}
        onClick={() => {
          onRun("live");
        }}
      >
        <span className={classes.priced}>
          <span>{t("editor.run")}</span>
          {price !== null && <span className={`${classes.buttonPrice} figures`}>{price}</span>}
        </span>
      </Button>
    </div>
  );
}

/** `≈ 0,17 $ · 30–60 s`. */
function usePrice(estimate: Estimate | null): string | null {
  const { t } = useTranslation();
  const format = useFormat();
  if (estimate === null) {
    return null;
  }
  const { estimated_cost: likely, estimated_cost_low: low, cost_basis: basis } = estimate;
  const time = format.secondsRange(estimate.estimated_seconds_low, estimate.estimated_seconds_high);
  if (likely === null) {
    return `${low === 0 ? t("runner.form.priceUnknown") : format.cost(low, "unknown")} · ${time}`;
  }
  return `${format.cost(likely, basis === "free" ? "free" : "estimated")} · ${time}`;
}
