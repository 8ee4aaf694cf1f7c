import { SegmentedControl } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList } from "../../api/types.ts";
import { MediumChip } from "../../components/medium.tsx";
import { Page } from "../../components/page.tsx";
import { changeLanguage, useLanguage } from "../../language.ts";
import { useThemeChoice } from "../../theme/use-theme-choice.ts";
import { AboutSection } from "./about-section.tsx";
import { CapsSection } from "./caps-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { PricesSection } from "./prices-section.tsx";
import { SettingsNav } from "./settings-nav.tsx";
import classes from "./settings.module.css";

/** Keys, caps, prices, and how the page looks and speaks. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const providers = useProviders().data;
  useAskedSection(providers !== undefined);
  return (
    <Page title={t("settings.title")}>
      <div className={classes.layout}>
        <SettingsNav />
        <div className={classes.sections}>
          <KeysSection />
          <CapsSection />
          {providers !== undefined && <Families families={providers.families} />}
          <PricesSection />
          <section id="display" className={classes.section} aria-labelledby="display-heading">
            <h2 id="display-heading">{t("settings.sections.display")}</h2>
            <Preferences />
          </section>
          <AboutSection />
        </div>
      </div>
    </Page>
  );
}

/** The browser looks for the place in the address before it is there. The caps look for themselves. */
function useAskedSection(isThere: boolean): void {
  useEffect(() => {
    const { hash } = globalThis.location;
    if (isThere && hash.length > 1 && hash !== "#caps") {
      document.getElementById(hash.slice(1))?.scrollIntoView();
    }
  }, [isThere]);
}

function Preferences() {
  const { t } = useTranslation();
  const language = useLanguage();
  const client = useQueryClient();
  const { choice, choose } = useThemeChoice();
  return (
    <div className={classes.preferences}>
      <div>
        <p id="language-label">{t("settings.language")}</p>
        <SegmentedControl
          size="md"
          aria-labelledby="language-label"
          value={language}
          data={[
            { value: "fr", label: "Français" },
            { value: "en", label: "English" },
          ]}
          onChange={(value) => {
            void changeLanguage(value === "en" ? "en" : "fr").then(() => client.invalidateQueries());
          }}
        />
      </div>
      <div>
        <p id="theme-label">{t("settings.theme")}</p>
        <SegmentedControl
          size="md"
          aria-labelledby="theme-label"
          value={choice}
          data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
          onChange={(value) => {
            choose(value === "light" || value === "dark" ? value : "auto");
          }}
        />
      </div>
    </div>
  );
}

function Families({ families }: { families: ProviderList["families"] }) {
  const { t } = useTranslation();
  return (
    <section id="families" className={classes.section} aria-labelledby="families-heading">
      <h2 id="families-heading">{t("settings.families")}</h2>
      <p className={classes.lead}>{t("settings.familiesLead")}</p>
      <dl className={classes.families}>
        {families.map((family) => (
          <div key={family.id}>
            <dt>
              {family.label} <MediumChip medium={family.modality} />
            </dt>
            <dd>
              <code>{family.model}</code>
              {family.note !== null && <p>{family.note}</p>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
