import { NativeSelect, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DraftStep } from "./draft.ts";
import classes from "./editor.module.css";

const LIMITS_HOURS = [1, 4, 24, 72, 168];
const HOURS_A_DAY = 24;

interface ApprovalFieldProps {
  approval: DraftStep["approval"];
  error: string | null;
  onChange: (approval: DraftStep["approval"]) => void;
}

/** Whether the run asks the person before it goes on from this step, and for how long it waits for the answer. */
export function ApprovalField({ approval, error, onChange }: ApprovalFieldProps) {
  const { t } = useTranslation();
  const hours = typeof approval === "object" ? approval.timeout_hours : null;
  const limits = hours === null || LIMITS_HOURS.includes(hours) ? LIMITS_HOURS : [...LIMITS_HOURS, hours];
  return (
    <div className={classes.stepOption}>
      <Switch
        size="md"
        label={t("editor.approval")}
        description={t("editor.approvalHelp")}
        checked={approval !== false}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      {approval !== false && (
        <NativeSelect
          className={classes.stepOptionDetail}
          label={t("editor.approvalTime")}
          value={hours ?? ""}
          data={[
            { value: "", label: t("editor.approvalNoLimit") },
            ...limits.map((limit) => ({
              value: String(limit),
              label:
                limit % HOURS_A_DAY === 0
                  ? t("editor.approvalDays", { count: limit / HOURS_A_DAY })
                  : t("editor.approvalHours", { count: limit }),
            })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            onChange(chosen === "" ? true : { timeout_hours: Number(chosen) });
          }}
        />
      )}
    </div>
  );
}
