import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Execution } from "../../api/types.ts";
import { Notice } from "../../components/notice.tsx";
import { batchPath } from "../../paths.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./execution.module.css";

type WaitingFor = NonNullable<Execution["waiting_for"]>;
type ReachedCap = NonNullable<WaitingFor["cap"]>;

interface SharedCapProps {
  waiting: WaitingFor;
  cap: ReachedCap;
  isBusy: boolean;
  onGiveUp: () => void;
  onCancel: () => void;
}

/** An execution that waits for a cap it shares with others: it goes on by itself, or a person raises the cap. */
export function SharedCap({ waiting, cap, isBusy, onGiveUp, onCancel }: SharedCapProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const needed = waiting.amount_usd ?? 0;
  const batchId = /^batch:(\d+)$/.exec(cap.scope)?.[1];
  const whose = cap.scope === "all" ? "all" : "workflow";
  const amounts = {
    amount: format.atMost(waiting.amount_usd ?? null),
    used:
      cap.reserved_usd > 0
        ? t("decision.sharedUsed.withReserved", {
            spent: format.money(cap.spent_usd),
            reserved: format.atMost(cap.reserved_usd),
          })
        : t("decision.sharedUsed.spent", { spent: format.money(cap.spent_usd) }),
    cap: format.cap(cap.cap_usd),
  };
  /** A new day does not help a step that alone is dearer than the cap. */
  const fitsLater = cap.resets_at !== null && needed <= (cap.cap_usd ?? Infinity);
  return (
    <Notice
      kind="warning"
      title={
        batchId === undefined
          ? t(`decision.sharedTitle.${cap.period}`, { number: waiting.step_number })
          : t("batch.stepCap", { number: waiting.step_number })
      }
      actions={
        <div className={classes.capButtons}>
          {batchId === undefined ? (
            <Button component={Link} href="/combinations/settings#caps">
              {t("decision.openCaps")}
            </Button>
          ) : (
            <Button component={Link} href={batchPath(Number(batchId))}>
              {t("batch.openBatch")}
            </Button>
          )}
          <Button variant="default" disabled={isBusy} onClick={onGiveUp}>
            {t("decision.giveUpStep")}
          </Button>
          <Button variant="default" disabled={isBusy} onClick={onCancel}>
            {t("execution.cancel")}
          </Button>
        </div>
      }
    >
      <p>
        {batchId === undefined ? t(`decision.sharedText.${whose}`, amounts) : t("batch.stepCapText", amounts)}
      </p>
      <p>
        {fitsLater && cap.resets_at !== null
          ? t("decision.sharedLater", { date: format.date(cap.resets_at) })
          : t("decision.sharedRaise", { amount: format.atMost(waiting.cap_needed_usd ?? needed) })}
      </p>
    </Notice>
  );
}
