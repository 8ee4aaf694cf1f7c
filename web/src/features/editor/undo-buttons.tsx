import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface UndoButtonsProps {
  className: string | undefined;
  /** Null where there is nothing to undo or do again. */
  onUndo: (() => void) | null;
  onRedo: (() => void) | null;
}

export function UndoButtons({ className, onUndo, onRedo }: UndoButtonsProps) {
  const { t } = useTranslation();
  return (
    <div className={className}>
      <WayButton label={t("builder.undo")} glyph={IconArrowBackUp} onGo={onUndo} />
      <WayButton label={t("builder.redo")} glyph={IconArrowForwardUp} onGo={onRedo} />
    </div>
  );
}

interface WayButtonProps {
  label: string;
  glyph: Icon;
  onGo: (() => void) | null;
}

/** Keeps the focus and its tooltip while it has nothing to do. */
function WayButton({ label, glyph: Glyph, onGo }: WayButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        {...(onGo === null && { "aria-disabled": true, "data-disabled": true })}
        onClick={() => onGo?.()}
      >
        <Glyph aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
