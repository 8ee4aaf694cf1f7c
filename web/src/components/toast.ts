import { notifications } from "@mantine/notifications";

/** Says in passing that something was done. It goes away by itself and takes nothing with it. */
export function showToast(message: string, kind: "done" | "failed" = "done"): void {
  notifications.show({ message, color: kind === "done" ? "petrol" : "red", withCloseButton: false });
}
