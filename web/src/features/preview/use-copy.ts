import { useTranslation } from "react-i18next";
import { copyText } from "../../clipboard.ts";
import { showToast } from "../../components/toast.ts";

/** Puts a text on the clipboard, and says whether that went well. */
export function useCopy(): (text: string) => void {
  const { t } = useTranslation();
  const copy = async (text: string) => {
    const isCopied = await copyText(text);
    showToast(t(isCopied ? "execution.copied" : "execution.notCopied"), isCopied ? "done" : "failed");
  };
  return (text) => {
    void copy(text);
  };
}
