import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSetCaps } from "../../api/cap-queries.ts";
import type { Cap } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { numberText } from "../../components/number-text.ts";
import { showToast } from "../../components/toast.ts";
import { useLanguage } from "../../language.ts";
import { useFormat } from "../../use-format.ts";
import classes from "./caps.module.css";

type Period = Cap["period"];

const PERIODS: readonly Period[] = ["day", "month", "total"];

interface CapGroupProps {
  scope: string;
  name: string;
  /** Empty where it has none yet. */
  caps: readonly Cap[];
}

/** The caps of everything, or of one workflow: what each allows and what was spent, and a field to change it. */
export function CapGroup({ scope, name, caps }: CapGroupProps) {
  const { t } = useTranslation();
  const save = useSetCaps();
  /** What was typed and is not saved yet. */
  const [typed, setTyped] = useState<Partial<Record<Period, number | null>>>({});
  const setCap = (period: Period): number | null => {
    const cap = caps.find((other) => other.period === period);
    return cap?.source === "person" ? cap.cap_usd : null;
  };
  const changes = PERIODS.flatMap((period) => {
    const next = typed[period];
    return next === undefined || next === setCap(period) ? [] : [{ scope, period, cap_usd: next }];
  });
  return (
    <form
      className={classes.group}
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(
          { caps: changes },
          {
            onSuccess: () => {
              setTyped({});
              showToast(t("caps.saved"));
            },
          },
        );
      }}
    >
      <h3 className={classes.name}>{name}</h3>
      {PERIODS.map((period) => {
        const next = typed[period];
        return (
          <CapRow
            key={period}
            period={period}
            cap={caps.find((cap) => cap.period === period)}
            value={next === undefined ? setCap(period) : next}
            onChange={(value) => {
              setTyped({ ...typed, [period]: value });
            }}
          />
        );
      })}
      {save.error !== null && <ProblemNotice error={save.error} />}
      {changes.length > 0 && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t("actions.save")}
          </Button>
          <Button
            variant="default"
            disabled={save.isPending}
            onClick={() => {
              setTyped({});
            }}
          >
            {t("caps.undo")}
          </Button>
        </div>
      )}
    </form>
  );
}

interface CapRowProps {
  period: Period;
  cap: Cap | undefined;
  value: number | null;
  onChange: (usd: number | null) => void;
}

function CapRow({ period, cap, value, onChange }: CapRowProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const isFromEnvironment = cap?.source === "environment";
  return (
    <div className={classes.row}>
      <MoneyInput
        className={classes.field}
        label={t(`caps.period.${period}`)}
        placeholder={isFromEnvironment ? numberText(cap.cap_usd, language) : t("caps.none")}
        value={value}
        onChange={onChange}
      />
      <div className={classes.state}>
        {cap && cap.cap_usd !== null && <CapBar cap={cap} capUsd={cap.cap_usd} />}
        <p className={classes.amounts}>{cap ? <Amounts cap={cap} /> : t("caps.notYet")}</p>
        {isFromEnvironment && <p className={classes.amounts}>{t("caps.fromEnvironment")}</p>}
      </div>
    </div>
  );
}

/** The words beside it say the same. */
function CapBar({ cap, capUsd }: { cap: Cap; capUsd: number }) {
  const part = (usd: number): string => `${capUsd === 0 ? 0 : Math.min(100, (usd / capUsd) * 100)}%`;
  return (
    <div className={classes.bar} data-is-full={cap.left_usd === 0} aria-hidden>
      <span className={classes.spent} style={{ width: part(cap.spent_usd) }} />
      <span className={classes.reserved} style={{ width: part(cap.reserved_usd) }} />
    </div>
  );
}

function Amounts({ cap }: { cap: Cap }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [t("caps.spent", { amount: format.money(cap.spent_usd) })];
  if (cap.reserved_usd > 0) parts.push(t("caps.reserved", { amount: format.atMost(cap.reserved_usd) }));
  if (cap.left_usd !== null) parts.push(t("caps.left", { amount: format.atLeast(cap.left_usd) }));
  return parts.join(" · ");
}
