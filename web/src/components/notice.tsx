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
        {actions !== undefined && actions !== false && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}

interface ProblemNoticeProps {
  error: Error;
  actions?: ReactNode;
  /** Whether a sentence about a place already stands beside its field. */
  isBesideField?: (path: string) => boolean;
}

/** Codes of requests that break rules: what they say is said place by place. */
const RULE_CODES = new Set(["invalid_request", "invalid_workflow"]);

/** What the server refused: each sentence once, and only where no field on the screen shows it. */
export function ProblemNotice({ error, actions, isBesideField }: ProblemNoticeProps) {
  const { t } = useTranslation();
  const own = useOwnWords(error);
  if (!(error instanceof ApiProblem) || own !== null) {
    return (
      <Notice kind="error" title={t("errors.title")} actions={actions}>
        {own ?? t("errors.unexpected")}
      </Notice>
    );
  }
  const elsewhere = error.errors.filter(({ path }) => isBesideField?.(path) !== true);
  const isAboutRules = RULE_CODES.has(error.code) && error.errors.length > 0;
  const sentence =
    elsewhere.length < error.errors.length ? t("errors.besideFields") : t("errors.nothingDone");
  const places = elsewhere.filter(({ message }) => isAboutRules || !error.message.includes(message));
  return (
    <Notice kind="error" title={isAboutRules ? t("errors.toCorrect") : error.title} actions={actions}>
      {isAboutRules ? sentence : error.message}
      {places.length > 0 && (
        <ul className={classes.places}>
          {places.map((place) => (
            <li key={`${place.path}:${place.message}`}>
              <Place path={place.path} /> {place.message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** What the page says itself, because the server's words are for those who write requests; null where they will do. */
function useOwnWords(error: Error): string | null {
  const { t } = useTranslation();
  if (!(error instanceof ApiProblem) || error.code === "internal") {
    return t("errors.unexpected");
  }
  switch (error.code) {
    case "unreachable":
      return t("errors.unreachable");
    case "idempotency_conflict":
      return t("errors.repeated");
    case "unpriced_model":
      return t("errors.unpriced");
    default:
      return error.message === "" ? t("errors.unexpected") : null;
  }
}

/** A place as people call it; one that has no other name stays as it is. */
function Place({ path }: { path: string }) {
  const { t } = useTranslation();
  const index = /^steps\[(\d+)\]/.exec(path)?.[1];
  if (index !== undefined) {
    return <strong>{t("errors.step", { number: Number(index) + 1 })}</strong>;
  }
  switch (path) {
    case "":
      return null;
    case "initial_input":
      return <strong>{t("errors.place", { place: t("topic.label") })}</strong>;
    case "cap_usd":
      return <strong>{t("errors.place", { place: t("editor.cap") })}</strong>;
    case "name":
      return <strong>{t("errors.place", { place: t("editor.name") })}</strong>;
    default:
      return <code>{path}</code>;
  }
}
