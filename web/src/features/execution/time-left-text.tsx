import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { linkSteps } from "../../../../src/workflow/graph.ts";
import { useEstimate, useProviders } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import type { LiveOutput } from "./merge-events.ts";
import { stepProgress } from "./step-progress.ts";
import { roundedSecondsLeft, secondsLeft } from "./time-left.ts";
import { useNow } from "./use-now.ts";

interface TimeLeftProps {
  execution: Execution;
  output: LiveOutput;
}

/** How long a live run still takes; nothing where that is not known. A rehearsal has no estimate and needs none. */
export function TimeLeft({ execution, output }: TimeLeftProps) {
  const { t } = useTranslation();
  const isCounted = execution.mode === "live" && execution.status === "running";
  const now = useNow(isCounted);
  const providers = useProviders();
  const { steps, initial_input, inputs } = execution;
  const estimate = useEstimate(isCounted ? { steps, initial_input, inputs } : null);
  const links = useMemo(
    () => (isCounted ? linkSteps(steps, catalogueOf(providers.data)) : []),
    [isCounted, steps, providers.data],
  );
  if (!isCounted || estimate.data === undefined || providers.data === undefined) {
    return null;
  }
  const seconds = secondsLeft({
    execution,
    links,
    expected: estimate.data.steps,
    stepProgress: (step) => stepProgress(step, output),
    nowMs: Date.parse(now),
  });
  if (seconds === null) {
    return null;
  }
  const { unit, count } = roundedSecondsLeft(seconds);
  return <span className="figures">{t(`runner.live.left.${unit}`, { count })}</span>;
}
