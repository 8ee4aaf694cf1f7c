import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface ActionMenuProps {
  /** What the button is called, which shows no word. */
  label: string;
  /** Whether the button has a frame of its own. */
  isFramed?: boolean;
  /** `Menu.Item`s. */
  children: ReactNode;
}

/** What can be done besides, behind one button. */
export function ActionMenu({ label, isFramed = false, children }: ActionMenuProps) {
  return (
    // What comes later may push the button out of sight, which must not take the open menu away.
    <Menu position="bottom-end" withinPortal hideDetached={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon
          variant={isFramed ? "default" : "subtle"}
          color="gray"
          size={40}
          aria-label={label}
          title={label}
        >
          <IconDots aria-hidden size={20} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
