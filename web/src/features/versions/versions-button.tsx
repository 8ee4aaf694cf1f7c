import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

const VersionsDialog = lazy(() => import("./versions-dialog.tsx"));

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
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconHistory aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("versions.open")}
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <VersionsDialog
            {...props}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
