import { Box, Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StoredFile } from "./stored-file.ts";
import classes from "./preview.module.css";

/**
 * A PDF in the browser's own reader. It runs apart from the page and starts in no sandbox, so the frame has none: what keeps
 * the frame from being anything but a PDF is how the server sends the file. A browser without a reader (phones, mostly) opens
 * or saves it by itself.
 */
export default function PdfView({ file, label }: { file: StoredFile; label: string }) {
  const { t } = useTranslation();
  const address = `${file.url}?read=1`;
  const open = (
    <Button
      component="a"
      href={address}
      target="_blank"
      rel="noopener"
      variant="default"
      leftSection={<IconExternalLink aria-hidden size={18} stroke={1.75} />}
    >
      {t("preview.openAlone")}
    </Button>
  );
  if (!navigator.pdfViewerEnabled) {
    return (
      <div className={classes.card}>
        <p>{t("preview.pdfElsewhere")}</p>
        {open}
      </div>
    );
  }
  return (
    <div className={classes.film}>
      <Box
        component="iframe"
        className={classes.pdf ?? ""}
        src={`${address}#view=FitH`}
        title={label}
        loading="lazy"
      />
      <div>{open}</div>
    </div>
  );
}
