import { Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  text: string;
  confirmText: string;
  isBusy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <p>{props.text}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={props.onClose} data-autofocus>
          {t("actions.keep")}
        </Button>
        <Button color="red" loading={props.isBusy} onClick={props.onConfirm}>
          {props.confirmText}
        </Button>
      </Group>
    </Modal>
  );
}
