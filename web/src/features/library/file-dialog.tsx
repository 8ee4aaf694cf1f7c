import { Button, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight, IconDownload, IconHistory, IconTrash } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useDeleteUpload } from "../../api/library.ts";
import type { ListedArtifactWire } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import { FileView } from "../preview/file-view.tsx";
import { FileOrigin } from "./file-origin.tsx";
import { UseInWorkflow } from "./use-in-workflow.tsx";
import classes from "./library.module.css";

interface FileDialogProps {
  file: ListedArtifactWire | undefined;
  onClose: () => void;
  /** Goes to the file before or after; null where there is none. */
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

/** A file of the library, large, with where it came from and what can be done with it. */
export function FileDialog({ file, onClose, onPrevious, onNext }: FileDialogProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 860px)");
  const shown = useRef<HTMLDivElement>(null);
  const turn = (event: KeyboardEvent) => {
    // Inside the preview the arrows are the player's or the picture's.
    const isInside = event.target instanceof Node && shown.current?.contains(event.target) === true;
    const go = event.key === "ArrowLeft" ? onPrevious : event.key === "ArrowRight" ? onNext : null;
    if (!isInside && !event.defaultPrevented && go !== null) {
      event.preventDefault();
      go();
    }
  };
  return (
    <Modal
      opened={file !== undefined}
      onClose={onClose}
      size="min(1180px, 100%)"
      fullScreen={isPhone}
      title={<span className={classes.dialogTitle}>{file?.file_name}</span>}
      closeButtonProps={{ "aria-label": t("actions.close") }}
      onKeyDown={turn}
    >
      {file !== undefined && (
        <div className={classes.dialog}>
          <div ref={shown} key={file.id} className={classes.shown}>
            <FileView
              file={{
                url: file.url,
                mediaType: file.media_type,
                name: file.file_name,
                bytes: file.bytes,
                width: file.width,
                height: file.height,
                seconds: file.duration_seconds,
              }}
              label={file.file_name}
            />
          </div>
          <div className={classes.side}>
            <FileActions file={file} onRemoved={onClose} />
            <FileOrigin file={file} />
            <nav className={classes.turn} aria-label={t("library.turn")}>
              <Button
                variant="subtle"
                color="gray"
                disabled={onPrevious === null}
                leftSection={<IconChevronLeft aria-hidden size={18} stroke={1.75} />}
                onClick={() => onPrevious?.()}
              >
                {t("preview.previous")}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                disabled={onNext === null}
                rightSection={<IconChevronRight aria-hidden size={18} stroke={1.75} />}
                onClick={() => onNext?.()}
              >
                {t("preview.next")}
              </Button>
            </nav>
          </div>
        </div>
      )}
    </Modal>
  );
}

function FileActions({ file, onRemoved }: { file: ListedArtifactWire; onRemoved: () => void }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteUpload();
  return (
    <div className={classes.actions}>
      <Button
        component="a"
        href={`${file.url}?download=${encodeURIComponent(file.file_name)}`}
        download={file.file_name}
        leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
      >
        {t("library.download")}
      </Button>
      {file.execution_id !== undefined && (
        <Button
          component={Link}
          variant="default"
          href={`/combinations/executions/${file.execution_id}`}
          leftSection={<IconHistory aria-hidden size={18} stroke={1.75} />}
        >
          {t("library.openExecution")}
        </Button>
      )}
      <UseInWorkflow file={file} />
      {file.execution_id === undefined && (
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            setAsking(true);
          }}
        >
          {t("actions.delete")}
        </Button>
      )}
      {remove.error !== null && <ProblemNotice error={remove.error} />}
      <ConfirmDialog
        isOpen={isAsking}
        title={t("library.deleteTitle")}
        text={t("library.deleteText")}
        confirmText={t("actions.delete")}
        isBusy={remove.isPending}
        onConfirm={() => {
          remove.mutate(file.id, {
            onSuccess: () => {
              showToast(t("library.deleted"));
              onRemoved();
            },
            onSettled: () => {
              setAsking(false);
            },
          });
        }}
        onClose={() => {
          setAsking(false);
        }}
      />
    </div>
  );
}
