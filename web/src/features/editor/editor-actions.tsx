import { Menu } from "@mantine/core";
import { IconFileExport, IconForms, IconHistory, IconListNumbers, IconRotate2 } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { lazyPart } from "../../components/lazy-part.tsx";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { ActionMenu } from "../../components/action-menu.tsx";
import { formPath, newBatchPath } from "../../paths.ts";
import { keepSteps } from "../batch/kept-entry.ts";
import { GraphToggle } from "../graph/graph-toggle.tsx";
import type { GraphPanelState } from "../graph/use-graph-panel.ts";
import { wireSteps, type DraftStep, type Source } from "./draft.ts";
import { UndoButtons } from "./undo-buttons.tsx";
import type { Start } from "./use-run.ts";
import classes from "./editor.module.css";

const ExportDialog = lazyPart(() => import("../sharing/export-dialog.tsx"));
const VersionsDialog = lazyPart(() => import("../versions/versions-dialog.tsx"));

interface EditorActionsProps {
  source: Source;
  start: Start;
  steps: readonly DraftStep[];
  /** Whether the steps are other than those of the source. */
  hasDraft: boolean;
  onUndo: (() => void) | null;
  onRedo: (() => void) | null;
  graph: GraphPanelState;
  /** Gives up what was changed. */
  onReset: () => void;
}

/** What can be done with the steps as a whole: the graph in sight, the rest in a menu. */
export function EditorActions(props: EditorActionsProps) {
  const { source, start, steps, hasDraft, graph, onUndo, onRedo, onReset } = props;
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [shown, setShown] = useState<"export" | "versions" | null>(null);
  const close = () => {
    setShown(null);
  };
  const { description, inputs, title, saved } = source;
  const exported = { name: source.name ?? title, description, inputs, steps: wireSteps(steps) };
  /** What stands unchanged under a name, by which other screens know it. */
  const stored = hasDraft ? null : targetOf(start);
  return (
    <div className={classes.pageActions}>
      <UndoButtons className={classes.undo} onUndo={onUndo} onRedo={onRedo} />
      <GraphToggle panel={graph} />
      <ActionMenu label={t("actions.others")}>
        {stored !== null && (
          <Menu.Item
            component={Link}
            href={formPath(stored)}
            leftSection={<IconForms aria-hidden size={18} stroke={1.75} />}
          >
            {t("runner.form.open")}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconListNumbers aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            if (stored === null) {
              keepSteps({ title: source.name ?? "", steps: exported.steps });
            }
            navigate(newBatchPath(stored ?? "steps"));
          }}
        >
          {t("batch.severalTopics")}
        </Menu.Item>
        {saved && (
          <Menu.Item
            leftSection={<IconHistory aria-hidden size={18} stroke={1.75} />}
            onClick={() => {
              setShown("versions");
            }}
          >
            {t("versions.open")}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconFileExport aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            setShown("export");
          }}
        >
          {t("sharing.export")}
        </Menu.Item>
        {hasDraft && (
          <Menu.Item leftSection={<IconRotate2 aria-hidden size={18} stroke={1.75} />} onClick={onReset}>
            {t("editor.reset")}
          </Menu.Item>
        )}
      </ActionMenu>
      <Suspense fallback={null}>
        {shown === "export" && <ExportDialog workflow={exported} onClose={close} />}
        {shown === "versions" && saved && (
          <VersionsDialog workflowId={saved.id} hasDraft={hasDraft} onRestored={onReset} onClose={close} />
        )}
      </Suspense>
    </div>
  );
}

function targetOf(start: Start): { template: string } | { workflow: number } | null {
  if (start === null) return null;
  return "template_id" in start ? { template: start.template_id } : { workflow: start.workflow_id };
}
