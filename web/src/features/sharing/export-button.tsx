import { Button } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExportedWorkflow } from "./export-dialog.tsx";

const ExportDialog = lazy(() => import("./export-dialog.tsx"));

/** Opens the way out for a workflow, as a file. */
export function ExportButton({ workflow }: { workflow: ExportedWorkflow }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconFileExport aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("sharing.export")}
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <ExportDialog
            workflow={workflow}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
