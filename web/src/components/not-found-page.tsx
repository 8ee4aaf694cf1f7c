import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState, Page } from "./page.tsx";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("notFound.title")}>
      <EmptyState
        title={t("notFound.heading")}
        text={t("notFound.text")}
        action={
          <Button component={Link} href="/combinations">
            {t("notFound.action")}
          </Button>
        }
      />
    </Page>
  );
}
