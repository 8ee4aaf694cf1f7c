import { useCloseRequest } from "./use-close-request.ts";

/** In a dialog over another: hears Escape and the back gesture before that does. */
export function CloseRequest({ onClose }: { onClose: () => void }) {
  useCloseRequest(onClose);
  return null;
}
