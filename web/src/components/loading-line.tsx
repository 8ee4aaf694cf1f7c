import { useTranslation } from "react-i18next";
import classes from "./loading-line.module.css";

/** A thin moving line, shown only when the wait is long enough to be noticed. */
export function LoadingLine() {
  const { t } = useTranslation();
  return (
    <output className={classes.line}>
      <span className="visually-hidden">{t("loading")}</span>
    </output>
  );
}
