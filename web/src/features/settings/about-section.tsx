import { useTranslation } from "react-i18next";
import { useAbout } from "../../api/key-queries.ts";
import classes from "./settings.module.css";

/** Which Relais this is. */
export function AboutSection() {
  const { t } = useTranslation();
  const about = useAbout().data;
  return (
    <section id="about" className={classes.section} aria-labelledby="about-heading">
      <h2 id="about-heading">{t("settings.sections.about")}</h2>
      {about !== undefined && (
        <dl className={classes.about}>
          <div>
            <dt>{t("settings.about.version")}</dt>
            <dd>{about.version}</dd>
          </div>
          <div>
            <dt>{t("settings.about.license")}</dt>
            <dd>{about.license}</dd>
          </div>
          <div>
            <dt>{t("settings.about.database")}</dt>
            <dd>{t(`settings.about.${about.database}`)}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}
