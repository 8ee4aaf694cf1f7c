import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import classes from "./undo-toast.module.css";

interface UndoToast {
  id: string;
  message: string;
  undoText: string;
  onUndo: () => void;
}

const SHOWN_MS = 10_000;

/** Says in passing that something was taken away, with the button that brings it back. */
export function showUndoToast({ id, message, undoText, onUndo }: UndoToast): void {
  notifications.hide(id);
  notifications.show({
    id,
    autoClose: SHOWN_MS,
    withCloseButton: false,
    color: "petrol",
    message: (
      <span className={classes.line}>
        <span>{message}</span>
        <Button
          variant="light"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          {undoText}
        </Button>
      </span>
    ),
  });
}

export function hideUndoToast(id: string): void {
  notifications.hide(id);
}
