import { ActionIcon, Button, Popover, Tooltip } from "@mantine/core";
import { IconInfoCircle, IconPlayerPlay } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Estimate } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import type { DraftStep } from "./draft.ts";
import { PriceDetails } from "./price-details.tsx";
import { capStanding, isExact } from "./run-price.ts";
import classes from "./run-button.module.css";

interface RunButtonProps {
  steps: readonly DraftStep[];
  /** Null where none is known. */
  estimate: Estimate | null;
  capUsd: number | null;
  /** Whether it is the button that stands out. */
  isFirst: boolean;
  isLoading: boolean;
  isDisabled: boolean;
  onRun: () => void;
}

/** Runs live. Says before it is pressed what that is likely to cost, how long it takes, and what the cap means for it. */
export function RunButton({ steps, estimate, capUsd, ...button }: RunButtonProps) {
  const { t } = useTranslation();
  const priceId = useId();
  const [isExplained, setExplained] = useState(false);
  const variant = button.isFirst ? "filled" : "default";
  return (
    <div className={classes.pair}>
      <Button
        variant={variant}
        className={classes.run}
        classNames={{ label: classes.label ?? "" }}
        leftSection={<IconPlayerPlay aria-hidden size={18} stroke={1.75} />}
        loading={button.isLoading}
        disabled={button.isDisabled}
        aria-describedby={priceId}
        onClick={button.onRun}
      >
        <span>{t("editor.run")}</span>
        <Price id={priceId} estimate={estimate} capUsd={capUsd} />
      </Button>
      <Popover
        width={360}
        position="top-end"
        shadow="md"
        trapFocus
        returnFocus
        opened={isExplained}
        onChange={setExplained}
      >
        <Popover.Target>
          <Tooltip label={t("builder.price.why")} disabled={isExplained}>
            <ActionIcon
              size={42}
              variant={variant}
              color="petrol"
              className={classes.why}
              aria-label={t("builder.price.why")}
              onClick={() => {
                setExplained((before) => !before);
              }}
            >
              <IconInfoCircle aria-hidden size={20} stroke={1.75} />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown className={classes.details} aria-label={t("builder.price.title")}>
          <PriceDetails steps={steps} estimate={estimate} capUsd={capUsd} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

/** The price on the button. It describes the button, so that the button keeps one short name. */
function Price({ id, estimate, capUsd }: Pick<RunButtonProps, "estimate" | "capUsd"> & { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const standing = capStanding(estimate, capUsd);
  const amount = useAmount(estimate);
  const isFine = standing === "none" || standing === "fits";
  const further = isFine
    ? estimate && format.secondsRange(estimate.estimated_seconds_low, estimate.estimated_seconds_high)
    : t(`builder.cap.short.${standing}`);
  return (
    <span id={id} className={`${classes.price} figures`} data-standing={standing} aria-hidden>
      <span className={isFine ? undefined : classes.amount}>
        {amount}
        {further !== null && " · "}
      </span>
      {further}
    </span>
  );
}

/** What the run is likely to cost, with the sign of how sure that is. */
function useAmount(estimate: Estimate | null): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (estimate === null) {
    return t("builder.price.notYet");
  }
  const { estimated_cost: likely, estimated_cost_low: low } = estimate;
  if (likely === null) {
    return low === 0 ? t("builder.price.unknown") : format.cost(low, "unknown");
  }
  return format.cost(likely, estimate.cost_basis === "free" || isExact(estimate) ? "metered" : "estimated");
}
