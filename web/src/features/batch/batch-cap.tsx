import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchState } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice } from "../../components/notice.tsx";
import { ceilToCent } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./batch.module.css";

interface BatchCapProps {
  cap: BatchState["cap"];
  isBusy: boolean;
  onRaise: (capUsd: number) => void;
}

/** Rows that wait for the cap of the batch: raised, they go on by themselves. */
export function BatchCap({ cap, isBusy, onRaise }: BatchCapProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const needed = cap.needed_usd ?? 0;
  /** Follows what is needed, which changes while other rows end, until somebody types. */
  const [typed, setTyped] = useState<{ usd: number | null } | null>(null);
  const usd = typed === null ? ceilToCent(needed) : typed.usd;
  const isTooLow = usd !== null && usd <= (cap.cap_usd ?? 0);
  return (
    <Notice
      kind="warning"
      title={t("batch.capTitle", { count: cap.waiting_rows })}
      actions={
        <form
          className={classes.capForm}
          onSubmit={(event) => {
            event.preventDefault();
            if (usd !== null && !isTooLow) {
              onRaise(usd);
            }
          }}
        >
          <MoneyInput
            className={classes.cap}
            label={t("decision.capField")}
            value={usd}
            error={isTooLow && t("batch.capTooLow", { amount: format.cap(cap.cap_usd) })}
            onChange={(next) => {
              setTyped({ usd: next });
            }}
          />
          <Button type="submit" loading={isBusy} disabled={usd === null || isTooLow}>
            {t("decision.raiseCap")}
          </Button>
        </form>
      }
    >
      {t("batch.capText", {
        spent: format.money(cap.spent_usd + cap.reserved_usd),
        cap: format.cap(cap.cap_usd),
        needed: format.atMost(needed),
      })}
    </Notice>
  );
}
