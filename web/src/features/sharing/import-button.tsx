import { Button } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

const ImportDialog = lazy(() => import("./import-dialog.tsx"));

/** Opens the way in for a workflow that comes as a file. */
export function ImportButton() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconFileImport aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("sharing.import")}
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <ImportDialog
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
