import { useTranslation } from "react-i18next";
import classes from "./settings.module.css";

const SECTIONS = ["keys", "caps", "families", "prices", "display", "about"] as const;

/** The sections of the settings, one after the other. */
export function SettingsNav() {
  const { t } = useTranslation();
  return (
    <nav className={classes.nav} aria-label={t("settings.navigation")}>
      <ul>
        {SECTIONS.map((section) => (
          <li key={section}>
            <a href={`#${section}`}>{t(`settings.sections.${section}`)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
