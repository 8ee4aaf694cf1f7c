import { ActionIcon, Checkbox } from "@mantine/core";
import { IconRepeat, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { BatchLink } from "../batch/batch-link.tsx";
import type { ExecutionSummary } from "../../api/types.ts";
import { MediumIcon } from "../../components/medium.tsx";
import { isAtRest } from "../rerun/at-rest.ts";
import classes from "./history.module.css";

/** The best of what an execution made, small: a picture, how its text begins, or the signs of its media. */
export function Thumbnail({ execution }: { execution: ExecutionSummary }) {
  if (execution.thumbnail_url !== null) {
    return <img className={classes.thumbnail} src={execution.thumbnail_url} alt="" loading="lazy" />;
  }
  if (execution.excerpt !== null && !execution.media.some(isHeardOrRead)) {
    return (
      <span className={`${classes.thumbnail} ${classes.page}`} aria-hidden>
        {execution.excerpt}
      </span>
    );
  }
  return (
    <span className={classes.thumbnail}>
      {[...new Set(execution.media)].slice(0, 3).map((medium) => (
        <span key={medium} data-medium={medium} className={classes.sign}>
          <MediumIcon medium={medium} size={16} />
        </span>
      ))}
    </span>
  );
}

/** Media that say more of an execution than how its text begins. */
function isHeardOrRead(medium: ExecutionSummary["media"][number]): boolean {
  return medium !== "text" && medium !== "transcript";
}

interface SelectBoxProps {
  execution: ExecutionSummary;
  isSelected: boolean;
  onSelect: (id: number, isRange: boolean) => void;
}

/** Takes an execution into the selection; with Shift, all from the last one up to it. */
export function SelectBox({ execution, isSelected, onSelect }: SelectBoxProps) {
  const { t } = useTranslation();
  const name = execution.title ?? t("execution.untitled", { id: execution.id });
  return (
    <Checkbox
      aria-label={t("history.selectNamed", { name, id: execution.id })}
      checked={isSelected}
      onChange={({ nativeEvent }) => {
        onSelect(execution.id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey);
      }}
    />
  );
}

export function ExecutionTitle({ execution }: { execution: ExecutionSummary }) {
  const { t } = useTranslation();
  return (
    <Link href={`/combinations/executions/${execution.id}`} className={classes.titleLink}>
      {execution.title ?? t("execution.untitled", { id: execution.id })}
    </Link>
  );
}

interface RerunButtonProps {
  execution: ExecutionSummary;
  onRerun: (execution: ExecutionSummary) => void;
}

export function RerunButton({ execution, onRerun }: RerunButtonProps) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      aria-label={t("history.rerunNamed", { id: execution.id })}
      disabled={!isAtRest(execution)}
      onClick={() => {
        onRerun(execution);
      }}
    >
      <IconRepeat aria-hidden size={20} stroke={1.6} />
    </ActionIcon>
  );
}

interface DeleteButtonProps {
  execution: ExecutionSummary;
  onDelete: (execution: ExecutionSummary) => void;
}

export function DeleteButton({ execution, onDelete }: DeleteButtonProps) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      aria-label={t("history.deleteNamed", { id: execution.id })}
      disabled={!isFinal(execution.status)}
      onClick={() => {
        onDelete(execution);
      }}
    >
      <IconTrash aria-hidden size={20} stroke={1.6} />
    </ActionIcon>
  );
}

const TOPIC_CHARACTERS = 200;

/** In one line, of which batch it is and what it is about, where the title does not say so already. */
export function TopicLine({ execution }: { execution: ExecutionSummary }) {
  const topic = execution.initial_input === execution.title ? "" : execution.initial_input;
  return (
    <span className={classes.topic}>
      <BatchLink execution={execution} />
      {execution.batch_id !== null && topic !== "" && " · "}
      {topic.slice(0, TOPIC_CHARACTERS)}
    </span>
  );
}
