import { Button } from "@mantine/core";
import { IconListNumbers } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { newBatchPath, type BatchTarget } from "../../paths.ts";
import { keepSteps, type KeptSteps } from "./kept-entry.ts";

interface BatchButtonProps {
  /** What stands unchanged under a name; null where the steps have to be taken along. */
  target: Exclude<BatchTarget, "steps"> | null;
  kept: KeptSteps;
}

/** Leads from the editor to the form for many topics, with the steps as they stand there. */
export function BatchButton({ target, kept }: BatchButtonProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<IconListNumbers aria-hidden size={18} stroke={1.75} />}
      onClick={() => {
        if (target === null) {
          keepSteps(kept);
        }
        navigate(newBatchPath(target ?? "steps"));
      }}
    >
      {t("batch.severalTopics")}
    </Button>
  );
}
