import { Button } from "@mantine/core";
import { IconForms } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formPath } from "../../paths.ts";

interface FormLinkProps {
  /** What is stored, by which the form knows it; null where nothing is. */
  start: { template_id: string } | { workflow_id: number } | null;
}

/** The way from the editor to the form of what it holds. */
export function FormLink({ start }: FormLinkProps) {
  const { t } = useTranslation();
  if (start === null) {
    return null;
  }
  const href = formPath(
    "template_id" in start ? { template: start.template_id } : { workflow: start.workflow_id },
  );
  return (
    <Button
      component={Link}
      href={href}
      variant="subtle"
      color="gray"
      leftSection={<IconForms aria-hidden size={18} stroke={1.75} />}
    >
      {t("runner.form.open")}
    </Button>
  );
}
