import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHandStop,
  IconLoader2,
  IconPlayerSkipForward,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StepRunStatus } from "../../../src/workflow/statuses.ts";
import classes from "./status.module.css";

const ICONS: Record<StepRunStatus, Icon> = {
  pending: IconCircleDashed,
  running: IconLoader2,
  waiting: IconHandStop,
  completed: IconCircleCheck,
  failed: IconAlertTriangle,
  cancelled: IconCircleX,
  skipped: IconPlayerSkipForward,
};

/** A status as icon and word. */
export function Status({ status }: { status: StepRunStatus }) {
  const { t } = useTranslation();
  const Glyph = ICONS[status];
  return (
    <span className={classes.status} data-status={status}>
      <Glyph size={18} stroke={1.75} aria-hidden className={classes.icon} />
      {t(`status.${status}`)}
    </span>
  );
}

/** Says that local generators stood in for the paid models. */
export function RehearsalMark() {
  const { t } = useTranslation();
  return <span className={classes.rehearsal}>{t("mode.rehearsal")}</span>;
}
