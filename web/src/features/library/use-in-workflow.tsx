import { Button, Menu } from "@mantine/core";
import { IconArrowRightCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useTemplates, useWorkflows } from "../../api/queries.ts";
import type { ListedArtifactWire } from "../../api/types.ts";
import { editorPath } from "../../paths.ts";

/** Opens a workflow that takes a file, with this one filled in. Nothing where there is none. */
export function UseInWorkflow({ file }: { file: ListedArtifactWire }) {
  const { t } = useTranslation();
  const workflows = useWorkflows().data?.pages.flatMap((page) => page.workflows) ?? [];
  const templates = (useTemplates().data ?? []).filter((template) => template.workflow_id === undefined);
  const choices = [
    ...workflows
      .filter(takesFile)
      .map(({ id, name }) => ({ name, href: editorPath({ workflow: id, file: file.id }) })),
    ...templates
      .filter(takesFile)
      .map(({ id, name }) => ({ name, href: editorPath({ template: id, file: file.id }) })),
  ];
  if (choices.length === 0) {
    return null;
  }
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={<IconArrowRightCircle aria-hidden size={18} stroke={1.75} />}>
          {t("library.useIn")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ name, href }) => (
          <Menu.Item key={href} component={Link} href={href}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function takesFile({ inputs }: { inputs: readonly { type: string }[] }): boolean {
  return inputs.some(({ type }) => type === "file");
}
