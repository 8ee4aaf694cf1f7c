import { Modal } from "@mantine/core";
import { IconZoomIn } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CloseRequest } from "../../components/close-request.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import type { StoredFile } from "./stored-file.ts";
import { ZoomStage } from "./zoom-stage.tsx";
import classes from "./preview.module.css";

interface PictureProps {
  file: StoredFile;
  label: string;
}

/** A picture; pressed, it fills the screen and can be looked at closely. */
export function Picture({ file, label }: PictureProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <button
        type="button"
        className={classes.picture}
        aria-label={t("preview.zoom", { name: label })}
        onClick={() => {
          setOpen(true);
        }}
      >
        <img
          src={file.url}
          alt={label}
          width={file.width}
          height={file.height}
          loading="lazy"
          decoding="async"
        />
        <span className={classes.zoomSign} aria-hidden>
          <IconZoomIn aria-hidden size={20} stroke={1.75} />
        </span>
      </button>
      <Modal
        opened={isOpen}
        onClose={close}
        closeOnEscape={needsEscapeKey()}
        fullScreen
        title={label}
        closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
        classNames={{
          content: classes.sheet,
          header: classes.sheetHeader,
          title: classes.sheetTitle,
          body: classes.sheetBody,
        }}
      >
        <CloseRequest onClose={close} />
        <ZoomStage src={file.url} label={label} />
      </Modal>
    </>
  );
}
