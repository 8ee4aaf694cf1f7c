import { Button, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useExecution } from "../../api/queries.ts";
import { useCloseRequest } from "../../components/use-close-request.ts";
import { ExecutionView } from "./execution-view.tsx";
import classes from "./execution.module.css";

interface ExecutionDialogProps {
  id: number;
  onClose: () => void;
}

/** The execution over the editor. Closing it stops nothing: the run goes on and stays in the history. */
export default function ExecutionDialog({ id, onClose }: ExecutionDialogProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)");
  const { data } = useExecution(id, false);
  const close = () => {
    // Escape is for what is open on top, such as a picture that fills the window.
    if (document.querySelectorAll("[role=dialog]").length === 1) {
      onClose();
    }
  };
  useCloseRequest(close);
  return (
    <Modal
      opened
      onClose={close}
      size={1080}
      fullScreen={isPhone}
      title={data?.title ?? t("execution.untitled", { id })}
      closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
      classNames={{ header: classes.dialogHeader, title: classes.dialogTitle, body: classes.dialogBody }}
    >
      <ExecutionView id={id} />
      <p className={classes.dialogFoot}>
        <Button component={Link} href={`/combinations/executions/${id}`} variant="subtle">
          {t("execution.openPage")}
        </Button>
      </p>
    </Modal>
  );
}
