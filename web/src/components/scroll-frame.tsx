import { Box } from "@mantine/core";
import type { MouseEvent, ReactNode, Ref } from "react";

interface ScrollFrameProps {
  /** What it holds, for who does not see it. */
  label: string;
  className: string | undefined;
  children: ReactNode;
  frame?: Ref<HTMLElement>;
  /** Hears where it is pressed with a pointer; whatever that does has to have a way by keys elsewhere. */
  onPress?: (target: EventTarget) => void;
  /** Size of its letters, as CSS writes it. */
  fontSize?: string;
}

/** A part of the page that scrolls by itself: it takes the focus, so that keys scroll it as well. */
export function ScrollFrame({ label, className, children, frame, onPress, fontSize }: ScrollFrameProps) {
  return (
    <Box
      component="section"
      aria-label={label}
      tabIndex={0}
      {...(className !== undefined && { className })}
      {...(frame !== undefined && { ref: frame })}
      {...(onPress !== undefined && {
        onClick: ({ target }: MouseEvent) => {
          onPress(target);
        },
      })}
      {...(fontSize !== undefined && { style: { fontSize } })}
    >
      {children}
    </Box>
  );
}
