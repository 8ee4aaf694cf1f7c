import { SegmentedControl } from "@mantine/core";
import { IconCircleCheck, IconKey } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList, ProviderWire } from "../../api/types.ts";
import { needOf } from "../../catalogue.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MediumChip } from "../../components/medium.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { changeLanguage, useLanguage } from "../../language.ts";
import { useThemeChoice } from "../../theme/use-theme-choice.ts";
import { CapsSection } from "./caps-section.tsx";
import classes from "./settings.module.css";

/** How the page looks and speaks, and which vendors are set up. Keys are read from the environment only. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const providers = useProviders();
  return (
    <Page title={t("settings.title")}>
      <section className={classes.section} aria-labelledby="display-heading">
        <h2 id="display-heading">{t("settings.display")}</h2>
        <Preferences />
      </section>
      <CapsSection />
      <section className={classes.section} aria-labelledby="providers-heading">
        <h2 id="providers-heading">{t("settings.providers")}</h2>
        <p className={classes.lead}>{t("settings.providersLead")}</p>
        {providers.isPending && <LoadingLine />}
        {providers.error !== null && <ProblemNotice error={providers.error} />}
        {providers.data !== undefined && <ProviderGroups providers={providers.data.providers} />}
      </section>
      {providers.data !== undefined && <Families families={providers.data.families} />}
    </Page>
  );
}

/** Vendors first, those that are set up before the others; then gateways, then servers of one's own. */
function ProviderGroups({ providers }: { providers: readonly ProviderWire[] }) {
  const { t } = useTranslation();
  const groups = [
    { kinds: ["built_in", "vendor"], title: null },
    { kinds: ["gateway"], title: t("settings.gateways") },
    { kinds: ["own_machine"], title: t("settings.ownMachine") },
  ];
  return groups.map(({ kinds, title }) => (
    <div key={kinds.join(" ")}>
      {title !== null && <h3 className={classes.group}>{title}</h3>}
      <ul className={classes.providers}>
        {providers
          .filter(({ kind }) => kinds.includes(kind))
          .toSorted((a, b) => Number(b.is_configured) - Number(a.is_configured))
          .map((provider) => (
            <li key={provider.id} className={classes.provider}>
              <Provider provider={provider} />
            </li>
          ))}
      </ul>
    </div>
  ));
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

function Provider({ provider }: { provider: ProviderWire }) {
  const { t } = useTranslation();
  const settings = [provider.api_key_setting, provider.base_url_setting].filter((name) => name !== null);
  return (
    <>
      <h3 className={classes.name}>
        {provider.documentation === null ? (
          provider.name
        ) : (
          <a href={provider.documentation} target="_blank" rel="noreferrer">
            {provider.name}
          </a>
        )}
      </h3>
      <SettingState provider={provider} />
      <p className={classes.media}>
        {provider.modalities.map((modality) => (
          <MediumChip key={modality} medium={modality} />
        ))}
      </p>
      {provider.kind === "gateway" && <p className={classes.warning}>{t("keys.unofficial")}</p>}
      <Limits provider={provider} />
      {settings.length > 0 && (
        <p className={classes.variables}>
          {settings.map((name) => (
            <code key={name}>{name}</code>
          ))}
        </p>
      )}
    </>
  );
}

/** Whether the key is set or, for a server of one's own, its address. */
function SettingState({ provider }: { provider: ProviderWire }) {
  const { t } = useTranslation();
  const need = needOf(provider);
  if (!provider.is_configured) {
    return (
      <p className={classes.state} data-state="missing">
        <IconKey size={18} stroke={1.75} aria-hidden />
        {need === "address" ? t("keys.addressMissing") : t("keys.missingShort")}
      </p>
    );
  }
  const isSet = { key: t("settings.keySet"), address: t("settings.addressSet") };
  return (
    <p className={classes.state} data-state="set">
      <IconCircleCheck size={18} stroke={1.75} aria-hidden />
      {need === null ? t("settings.ready") : isSet[need]}
    </p>
  );
}

/** The most calls that all processes together make, where there is such a limit. */
function Limits({ provider }: { provider: ProviderWire }) {
  const { t } = useTranslation();
  const limits = [
    provider.calls_at_once !== null && t("settings.callsAtOnce", { count: provider.calls_at_once }),
    provider.calls_a_minute !== null && t("settings.callsAMinute", { count: provider.calls_a_minute }),
  ].filter((limit) => limit !== false);
  if (limits.length === 0) return null;
  return (
    <p className={classes.limits}>
      {limits.map((limit) => (
        <span key={limit}>{limit}</span>
      ))}
    </p>
  );
}

function Families({ families }: { families: ProviderList["families"] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.section} aria-labelledby="families-heading">
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
