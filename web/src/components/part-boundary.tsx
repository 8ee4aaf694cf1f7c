import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "./notice.tsx";

interface PartBoundaryProps {
  children: ReactNode;
}

/** Keeps the rest of the page where a part of it cannot be loaded or drawn, and says what can be done. */
export class PartBoundary extends Component<PartBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <FailedPart /> : this.props.children;
  }
}

function FailedPart() {
  const { t } = useTranslation();
  return (
    <Notice
      kind="error"
      title={t("part.title")}
      actions={
        <Button
          variant="default"
          onClick={() => {
            location.reload();
          }}
        >
          {t("part.reload")}
        </Button>
      }
    >
      {t("part.text")}
    </Notice>
  );
}
