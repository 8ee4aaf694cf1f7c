import { Button, CopyButton, Group, Modal, SegmentedControl, Textarea } from "@mantine/core";
import { IconCopy, IconDownload } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import {
  stepsWithKeys,
  writeSharedWorkflow,
  type SharedFormat,
} from "../../../../src/workflow/shared-workflow.ts";
import { Notice } from "../../components/notice.tsx";
import classes from "./sharing.module.css";

/** What is exported: the steps as the editor holds them, saved or not. */
interface ExportedWorkflow {
  name: string;
  description: string;
  steps: Step[];
  inputs: WorkflowInput[];
}

const MEDIA_TYPES: Record<SharedFormat, string> = { json: "application/json", yaml: "application/yaml" };

interface ExportDialogProps {
  workflow: ExportedWorkflow;
  onClose: () => void;
}

/** A workflow as a file to give to others: no key is ever in it, unless somebody wrote one into a prompt. */
export default function ExportDialog({ workflow, onClose }: ExportDialogProps) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<SharedFormat>("yaml");
  const text = useMemo(() => writeSharedWorkflow(workflow, format), [workflow, format]);
  const suspicious = stepsWithKeys(workflow.steps);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("sharing.exportTitle")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <div className={classes.body}>
        <p className={classes.lead}>{t("sharing.exportLead")}</p>
        {suspicious.length > 0 && (
          <Notice kind="warning">{t("sharing.keyInside", { steps: suspicious.join(", ") })}</Notice>
        )}
        <SegmentedControl
          aria-label={t("sharing.format")}
          value={format}
          data={[
            { value: "yaml", label: "YAML" },
            { value: "json", label: "JSON" },
          ]}
          onChange={(value) => {
            setFormat(value === "json" ? "json" : "yaml");
          }}
        />
        <Textarea
          aria-label={t("sharing.content")}
          readOnly
          autosize
          minRows={8}
          maxRows={18}
          value={text}
          classNames={{ input: classes.code }}
        />
        <Group justify="flex-end">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                leftSection={<IconCopy aria-hidden size={18} stroke={1.75} />}
                onClick={copy}
              >
                {t(copied ? "sharing.copied" : "sharing.copy")}
              </Button>
            )}
          </CopyButton>
          <Button
            component="a"
            href={`data:${MEDIA_TYPES[format]};charset=utf-8,${encodeURIComponent(text)}`}
            download={`${fileNameOf(workflow.name)}.${format}`}
            leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
          >
            {t("sharing.download")}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

function fileNameOf(name: string): string {
  return (
    name
      .replaceAll(/[\p{Cc}/\\:*?"<>|]+/gu, "_")
      .trim()
      .slice(0, 80) || "relais"
  );
}
