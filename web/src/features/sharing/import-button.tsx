import { IconFileImport } from "@tabler/icons-react";

import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import { DialogButton } from "../../components/dialog-button.tsx";

const ImportDialog = lazyPart(() => import("./import-dialog.tsx"));

/** Opens the way in for a workflow that comes as a file. */
export function ImportButton() {
  const { t } = useTranslation();
  return (
    <DialogButton glyph={IconFileImport} label={t("sharing.import")}>
      {(close) => <ImportDialog onClose={close} />}
    </DialogButton>
  );
}
