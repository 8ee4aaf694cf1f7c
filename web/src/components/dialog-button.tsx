import { Button } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { Suspense, useState, type ReactNode } from "react";

interface DialogButtonProps {
  glyph: Icon;
  label: string;
  /** The dialog, which may be loaded only now. */
  children: (close: () => void) => ReactNode;
}

/** A quiet button that opens a dialog. */
export function DialogButton({ glyph: Glyph, label, children }: DialogButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<Glyph aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        {label}
      </Button>
      {isOpen && <Suspense fallback={null}>{children(close)}</Suspense>}
    </>
  );
}
