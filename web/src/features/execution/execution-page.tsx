import { Button } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { isNotFound } from "../../api/client.ts";
import { useExecution } from "../../api/queries.ts";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { Page } from "../../components/page.tsx";
import { editorPath } from "../../paths.ts";
import { BatchLink } from "../batch/batch-link.tsx";
import { ExecutionView } from "./execution-view.tsx";

export default function ExecutionPage() {
  const { id } = useParams<{ id: string }>();
  return /^[1-9]\d{0,15}$/.test(id) ? <KnownExecution key={id} id={Number(id)} /> : <NotFoundPage />;
}

function KnownExecution({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data, error } = useExecution(id, false);
  const title = data?.title ?? t("execution.untitled", { id });
  if (data === undefined && isNotFound(error)) {
    return <NotFoundPage />;
  }
  return (
    <Page
      title={title}
      actions={
        data !== undefined && (
          <Button
            component={Link}
            variant="default"
            leftSection={<IconAdjustments aria-hidden size={18} stroke={1.75} />}
            href={editorPath({ execution: id })}
          >
            {t("execution.openEditor")}
          </Button>
        )
      }
    >
      {data !== undefined && <BatchLink execution={data} />}
      <ExecutionView id={id} />
    </Page>
  );
}
