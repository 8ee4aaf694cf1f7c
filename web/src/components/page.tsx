import type { ReactNode } from "react";
import { useTabTitle } from "../features/live/use-tab-title.ts";
import classes from "./page.module.css";

interface PageProps {
  title: string;
  lead?: string | undefined;
  /** Controls beside the title. */
  actions?: ReactNode;
  /** What stands beside the content where there is room; where it renders nothing, the content has all of it. */
  aside?: ReactNode;
  children: ReactNode;
}

/** One screen: its title, one sentence, then what it is about. */
export function Page({ title, lead, actions, aside, children }: PageProps) {
  const tabTitle = useTabTitle(title);
  const header = (
    <header className={classes.header}>
      <div className={classes.heading}>
        <h1 className={classes.title}>{title}</h1>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
      </div>
      {actions}
    </header>
  );
  return (
    <div className={classes.page}>
      <title>{tabTitle}</title>
      {aside === undefined ? (
        <>
          {header}
          {children}
        </>
      ) : (
        <div className={classes.split}>
          <div className={classes.content}>
            {header}
            {children}
          </div>
          <div className={classes.aside}>{aside}</div>
        </div>
      )}
    </div>
  );
}

interface EmptyStateProps {
  title: string;
  text: string;
  action?: ReactNode;
}

/** Says what to do first, with the button to do it. */
export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <p className={classes.emptyTitle}>{title}</p>
      <p className={classes.emptyText}>{text}</p>
      {action}
    </div>
  );
}
