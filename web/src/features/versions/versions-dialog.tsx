import { Button, Modal } from "@mantine/core";
import { diffWordsWithSpace } from "diff";
import { useTranslation } from "react-i18next";
import type { WorkflowVersion } from "../../api/types.ts";
import { useRestoreVersion, useVersions } from "../../api/versions.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import { useFormat } from "../../use-format.ts";
import { changesBetween, type ChangeGroup, type FieldChange } from "./version-changes.ts";
import classes from "./versions.module.css";

interface VersionsDialogProps {
  workflowId: number;
  /** Whether the editor holds changes that are not saved, and would be lost. */
  hasDraft: boolean;
  /** The workflow is what it was. */
  onRestored: () => void;
  onClose: () => void;
}

/** What a saved workflow was, what each version changed, and the way back. */
export default function VersionsDialog({ onClose, ...list }: VersionsDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("versions.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <VersionList {...list} onClose={onClose} />
    </Modal>
  );
}

function VersionList({ workflowId, hasDraft, onRestored, onClose }: VersionsDialogProps) {
  const { t } = useTranslation();
  const list = useVersions(workflowId);
  const restore = useRestoreVersion(workflowId);
  const versions = list.data?.pages.flatMap((page) => page.versions) ?? [];
  if (list.isPending) {
    return <LoadingLine />;
  }
  if (list.error !== null) {
    return <ProblemNotice error={list.error} />;
  }
  return (
    <div className={classes.body}>
      <p className={classes.lead}>{t("versions.lead")}</p>
      {hasDraft && <Notice kind="warning">{t("versions.hasDraft")}</Notice>}
      {restore.error !== null && <ProblemNotice error={restore.error} />}
      <ol className={classes.list}>
        {versions.map((version, index) => (
          <VersionItem
            key={version.version}
            version={version}
            before={versions[index + 1]}
            isCurrent={index === 0}
            isBusy={restore.isPending}
            onRestore={() => {
              restore.mutate(version.version, {
                onSuccess: () => {
                  showToast(t("versions.restored", { version: version.version }));
                  onRestored();
                  onClose();
                },
              });
            }}
          />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("actions.more")}
        </Button>
      )}
    </div>
  );
}

interface VersionItemProps {
  version: WorkflowVersion;
  /** Undefined where it is the first, or the one before it has not been read yet. */
  before: WorkflowVersion | undefined;
  isCurrent: boolean;
  isBusy: boolean;
  onRestore: () => void;
}

function VersionItem({ version, before, isCurrent, isBusy, onRestore }: VersionItemProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = version.version;
  const changes = before ? changesBetween(before, version) : [];
  return (
    <li className={classes.version} aria-label={t("versions.version", { number })}>
      <header className={classes.header}>
        <div>
          <p className={classes.number}>
            {t("versions.version", { number })}
            {isCurrent && <span className={classes.current}>{t("versions.current")}</span>}
          </p>
          <p className={classes.date}>{format.date(version.saved_at)}</p>
        </div>
        {!isCurrent && (
          <Button variant="default" disabled={isBusy} onClick={onRestore}>
            {t("versions.restore", { number })}
          </Button>
        )}
      </header>
      {number === 1 && <p className={classes.none}>{t("versions.first")}</p>}
      {changes.length > 0 && (
        <details className={classes.changes} open={isCurrent}>
          <summary>{t("versions.changes", { count: changes.length })}</summary>
          {changes.map((group) => (
            <Change key={`${group.step?.number ?? 0}-${group.standing}`} group={group} />
          ))}
        </details>
      )}
    </li>
  );
}

function Change({ group: { step, standing, fields } }: { group: ChangeGroup }) {
  const { t } = useTranslation();
  const title =
    step === null
      ? t("versions.workflow")
      : `${t("editor.step", { number: step.number })}${step.name === null ? "" : ` · ${step.name}`}`;
  return (
    <section className={classes.change}>
      <p className={classes.changed}>
        {title} <span data-standing={standing}>{t(`versions.standing.${standing}`)}</span>
      </p>
      {fields.map((change) => (
        <Difference key={change.field} change={change} />
      ))}
    </section>
  );
}

/** A text with what was taken out struck through and what was put in underlined. */
function Difference({ change: { field, before, after } }: { change: FieldChange }) {
  const { t } = useTranslation();
  return (
    <div className={classes.field}>
      <p className={classes.fieldName}>{t(`versions.field.${field}`)}</p>
      <p className={classes.text}>
        {diffWordsWithSpace(before, after).map((part, index) => {
          const key = `${index}-${part.value.slice(0, 20)}`;
          if (part.added) return <ins key={key}>{part.value}</ins>;
          if (part.removed) return <del key={key}>{part.value}</del>;
          return <span key={key}>{part.value}</span>;
        })}
      </p>
    </div>
  );
}
