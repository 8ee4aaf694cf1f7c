import { Menu } from "@mantine/core";
import { IconForms, IconListNumbers, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ActionMenu } from "../../components/action-menu.tsx";
import { formPath, newBatchPath } from "../../paths.ts";

interface FormAndBatchMenuProps {
  name: string;
  target: { template: string } | { workflow: number };
  /** Absent where it cannot be deleted. */
  onDelete?: () => void;
}

/** The other ways to use what a card holds: as a form, for many topics. */
export function FormAndBatchMenu({ name, target, onDelete }: FormAndBatchMenuProps) {
  const { t } = useTranslation();
  return (
    <ActionMenu label={t("actions.othersFor", { name })}>
      <Menu.Item
        component={Link}
        href={formPath(target)}
        leftSection={<IconForms aria-hidden size={18} stroke={1.75} />}
      >
        {t("runner.form.open")}
      </Menu.Item>
      <Menu.Item
        component={Link}
        href={newBatchPath(target)}
        leftSection={<IconListNumbers aria-hidden size={18} stroke={1.75} />}
      >
        {t("batch.severalTopics")}
      </Menu.Item>
      {onDelete !== undefined && (
        <Menu.Item leftSection={<IconTrash aria-hidden size={18} stroke={1.75} />} onClick={onDelete}>
          {t("actions.delete")}
        </Menu.Item>
      )}
    </ActionMenu>
  );
}
