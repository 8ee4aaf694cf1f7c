import { IconHistory } from "@tabler/icons-react";

import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import { DialogButton } from "../../components/dialog-button.tsx";

const VersionsDialog = lazyPart(() => import("./versions-dialog.tsx"));

interface VersionsButtonProps {
  workflowId: number;
  /** Whether the editor holds changes that are not saved, and would be lost. */
  hasDraft: boolean;
  /** The workflow is what it was. */
  onRestored: () => void;
}

/** Opens what a saved workflow was. */
export function VersionsButton(props: VersionsButtonProps) {
  const { t } = useTranslation();
  return (
    <DialogButton glyph={IconHistory} label={t("versions.open")}>
      {(close) => <VersionsDialog {...props} onClose={close} />}
    </DialogButton>
  );
}
