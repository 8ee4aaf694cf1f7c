import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CloseRequest } from "../../components/close-request.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import classes from "./graph-panel.module.css";

interface GraphSheetProps {
  isOpen: boolean;
  onClose: () => void;
  /** Called once nothing of it is on the screen any more. */
  onClosed?: () => void;
  children: ReactNode;
}

/** The graph with the window to itself, where there is no room beside the steps. */
export function GraphSheet({ isOpen, onClose, onClosed, children }: GraphSheetProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      fullScreen
      closeOnEscape={needsEscapeKey()}
      padding={16}
      title={t("graph.title")}
      closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
      classNames={{ content: classes.sheet ?? "", body: classes.sheetBody ?? "" }}
      {...(onClosed && { onExitTransitionEnd: onClosed })}
    >
      <CloseRequest onClose={onClose} />
      {children}
    </Modal>
  );
}
