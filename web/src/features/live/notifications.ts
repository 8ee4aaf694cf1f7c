import { readStored, writeStored } from "../../storage.ts";

/** Notifications of the system, which a person turns on with a click and the browser may refuse. */

const STORAGE_KEY = "relais.notify";

/**
 * `on`: they are sent. `off`: nobody has asked for them. `blocked`: the browser was told to refuse them. `missing`: this
 * browser has none at this address; it asks for https, or for the machine itself.
 */
export type Notifying = "on" | "off" | "blocked" | "missing";

export function readNotifying(): Notifying {
  if (!("Notification" in window) || !window.isSecureContext) {
    return "missing";
  }
  if (Notification.permission === "denied") {
    return "blocked";
  }
  return Notification.permission === "granted" && readStored(STORAGE_KEY) === "on" ? "on" : "off";
}

/** Asks the browser, which asks the person; only ever after a click. */
export async function turnOn(): Promise<Notifying> {
  if (readNotifying() === "missing") {
    return "missing";
  }
  const permission = await Notification.requestPermission();
  writeStored(STORAGE_KEY, permission === "granted" ? "on" : null);
  return readNotifying();
}

export function turnOff(): Notifying {
  writeStored(STORAGE_KEY, null);
  return readNotifying();
}

interface Message {
  title: string;
  body: string;
  /** Two tabs that say the same show it once. */
  tag: string;
  onOpen: () => void;
}

export function sendNotification({ title, body, tag, onOpen }: Message): void {
  try {
    const notification = new Notification(title, { body, tag, icon: "/relais.svg" });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
      onOpen();
    });
  } catch {
    // Phones have notifications for installed pages only; the title of the tab says it there.
  }
}
