import { ActionIcon, Button } from "@mantine/core";
import { IconDownload, IconTrash, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { API } from "../../api/client.ts";
import type { ExecutionSummary } from "../../api/types.ts";
import classes from "./history.module.css";

/** As many as one archive holds. */
const MAX_ARCHIVED = 50;

interface SelectionBarProps {
  selected: readonly ExecutionSummary[];
  onDelete: () => void;
  onClear: () => void;
}

/** What can be done with all executions that are selected; it stands at the foot of the screen. */
export function SelectionBar({ selected, onDelete, onClear }: SelectionBarProps) {
  const { t } = useTranslation();
  const withResults = selected.filter(({ media }) => media.length > 0);
  const canDownload = withResults.length > 0 && withResults.length <= MAX_ARCHIVED;
  return (
    <section className={classes.selection} aria-label={t("history.selection")}>
      <output>{t("history.selected", { count: selected.length })}</output>
      {withResults.length > MAX_ARCHIVED && (
        <span className={classes.tooMany}>{t("history.tooMany", { count: MAX_ARCHIVED })}</span>
      )}
      <Button
        component={canDownload ? "a" : "button"}
        variant="default"
        disabled={!canDownload}
        {...(canDownload && { href: archiveUrl(withResults), download: true })}
        leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
      >
        {t("history.downloadSelected")}
      </Button>
      <Button
        variant="default"
        disabled={!selected.some(({ status }) => isFinal(status))}
        leftSection={<IconTrash aria-hidden size={18} stroke={1.75} />}
        onClick={onDelete}
      >
        {t("actions.delete")}
      </Button>
      <ActionIcon aria-label={t("history.clearSelection")} onClick={onClear}>
        <IconX aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
    </section>
  );
}

function archiveUrl(executions: readonly ExecutionSummary[]): string {
  return `${API}/archive?executions=${executions.map(({ id }) => id).join(",")}`;
}
