import { Button } from "@mantine/core";
import { IconShare } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { copyText } from "../../clipboard.ts";
import { showToast } from "../../components/toast.ts";
import { filledLink, type FormValues } from "./form-values.ts";

interface ShareButtonProps {
  title: string;
  /** Where the form stands. */
  path: string;
  inputs: readonly WorkflowInput[];
  form: FormValues;
}

/** Gives the form away by its link, filled in as it is; by the menu of the phone where there is one. */
export function ShareButton({ title, path, inputs, form }: ShareButtonProps) {
  const { t } = useTranslation();
  const share = async () => {
    const address = new URL(path, location.origin);
    const filled = filledLink(address, inputs, form);
    const url = filled ?? address.href;
    if ("share" in navigator) {
      try {
        await navigator.share({ title, url });
        return;
      } catch (error) {
        // Whoever closes the menu wants nothing; where it did not open, the link is copied.
        if (error instanceof DOMException && error.name === "AbortError") {
          return;
        }
      }
    }
    const isCopied = await copyText(url);
    if (!isCopied) {
      showToast(t("runner.form.notCopied", { url }), "failed");
      return;
    }
    const isFilled = filled !== null && filled !== address.href;
    showToast(t(isFilled ? "runner.form.copiedFilled" : "runner.form.copied"));
  };
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<IconShare aria-hidden size={18} stroke={1.75} />}
      onClick={() => void share()}
    >
      {t("runner.form.share")}
    </Button>
  );
}
