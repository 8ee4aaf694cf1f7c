import { IconFileExport } from "@tabler/icons-react";

import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import { DialogButton } from "../../components/dialog-button.tsx";
import type { ExportedWorkflow } from "./export-dialog.tsx";

const ExportDialog = lazyPart(() => import("./export-dialog.tsx"));

/** Opens the way out for a workflow, as a file. */
export function ExportButton({ workflow }: { workflow: ExportedWorkflow }) {
  const { t } = useTranslation();
  return (
    <DialogButton glyph={IconFileExport} label={t("sharing.export")}>
      {(close) => <ExportDialog workflow={workflow} onClose={close} />}
    </DialogButton>
  );
}
