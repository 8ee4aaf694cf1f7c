import { IconAlertTriangle, IconInfoCircle, IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../api/client.ts";
import classes from "./notice.module.css";

const ICONS = { error: IconAlertTriangle, warning: IconAlertTriangle, info: IconInfoCircle, key: IconKey };

interface NoticeProps {
  kind: keyof typeof ICONS;
  title?: string | undefined;
  /** What can be done about it. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A sentence that matters, set apart; errors are read out at once. */
export function Notice({ kind, title, actions, children }: NoticeProps) {
  const Glyph = ICONS[kind];
  return (
    <div className={classes.notice} data-kind={kind} role={kind === "error" ? "alert" : "note"}>
      <Glyph size={20} stroke={1.75} aria-hidden className={classes.icon} />
      <div className={classes.body}>
        {title !== undefined && title !== "" && <p className={classes.title}>{title}</p>}
        {children !== undefined && <div className={classes.text}>{children}</div>}
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}

interface ProblemNoticeProps {
  error: Error;
  actions?: ReactNode;
  /** Whether to list what is wrong where; not needed where the sentence itself says it all. */
  hasPlaces?: boolean;
}

/** What the server refused, in its own words, with the places it names. */
export function ProblemNotice({ error, actions, hasPlaces = true }: ProblemNoticeProps) {
  const { t } = useTranslation();
  if (!(error instanceof ApiProblem) || error.message === "") {
    const isUnreachable = error instanceof ApiProblem && error.code === "unreachable";
    return (
      <Notice kind="error" title={t("errors.title")} actions={actions}>
        {isUnreachable ? t("errors.unreachable") : t("errors.unexpected")}
      </Notice>
    );
  }
  return (
    <Notice kind="error" title={error.title} actions={actions}>
      {error.message}
      {hasPlaces && error.errors.length > 0 && (
        <ul className={classes.places}>
          {error.errors.map((place) => (
            <li key={`${place.path}:${place.message}`}>
              <Place path={place.path} /> {place.message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** `steps[2].prompt` as people call it; a path that is not about a step stays as it is. */
function Place({ path }: { path: string }) {
  const { t } = useTranslation();
  const index = /^steps\[(\d+)\]/.exec(path)?.[1];
  if (index !== undefined) {
    return <strong>{t("errors.step", { number: Number(index) + 1 })}</strong>;
  }
  return path === "" ? null : <code>{path}</code>;
}
