import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList } from "../../api/types.ts";
import { Notice } from "../../components/notice.tsx";
import type { DraftStep } from "./draft.ts";

/** Says which variables a live run still needs, before anybody presses Run. */
export function MissingKeys({ steps }: { steps: readonly DraftStep[] }) {
  const { t } = useTranslation();
  const needs = needsOf(steps, useProviders().data);
  if (needs.settings.length === 0 && needs.unavailable.length === 0) {
    return null;
  }
  return (
    <Notice kind="key" title={t("keys.title")}>
      <Needs {...needs} />
      <p>{t("keys.rehearse")}</p>
    </Notice>
  );
}

interface KeyRefusalProps {
  steps: readonly DraftStep[];
  /** The server's words, for what the page cannot tell from the providers that it knows. */
  fallback: string;
  actions: ReactNode;
}

/** The refusal of a live run for want of a key or a provider, and the rehearsal in its place. */
export function KeyRefusal({ steps, fallback, actions }: KeyRefusalProps) {
  const { t } = useTranslation();
  const needs = needsOf(steps, useProviders().data);
  const isKnown = needs.settings.length > 0 || needs.unavailable.length > 0;
  return (
    <Notice kind="error" title={t("keys.title")} actions={actions}>
      {isKnown ? <Needs {...needs} /> : <p>{fallback}</p>}
      <p>
        {isKnown && t("keys.nothingSpent")} {t("keys.rehearse")}
      </p>
    </Notice>
  );
}

function Needs({ settings, unavailable }: LiveNeeds) {
  const { t } = useTranslation();
  return (
    <>
      {settings.length > 0 && (
        <p>
          {t("keys.missing", { count: settings.length })}{" "}
          {settings.map((setting, index) => (
            <span key={setting}>
              {index > 0 && ", "}
              <code>{setting}</code>
            </span>
          ))}
          .
        </p>
      )}
      {unavailable.length > 0 && <p>{t("keys.unavailable", { providers: unavailable.join(", ") })}</p>}
    </>
  );
}

/** Whether a live run would be refused for want of a key or a provider, as far as it is known. */
export function useIsLiveRefused(steps: readonly DraftStep[]): boolean {
  const { settings, unavailable } = needsOf(steps, useProviders().data);
  return settings.length > 0 || unavailable.length > 0;
}

/** What a live run still needs: names of variables, and of vendors that this version cannot call. */
interface LiveNeeds {
  settings: string[];
  unavailable: string[];
}

function needsOf(steps: readonly DraftStep[], list: ProviderList | undefined): LiveNeeds {
  const settings = new Set<string>();
  const unavailable = new Set<string>();
  for (const step of steps) {
    const model = list?.families.find((family) => family.id === step.ai_provider)?.model ?? step.ai_provider;
    const provider = list?.providers.find((each) => each.id === model.split(":")[0]);
    if (provider !== undefined && !provider.is_available) {
      unavailable.add(provider.name);
    }
    if (provider?.is_available === true) {
      for (const setting of provider.missing_settings) {
        settings.add(setting);
      }
    }
  }
  return { settings: [...settings], unavailable: [...unavailable] };
}
