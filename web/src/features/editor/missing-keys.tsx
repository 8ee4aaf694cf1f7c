import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList } from "../../api/types.ts";
import { Notice } from "../../components/notice.tsx";
import type { DraftStep } from "./draft.ts";

/** Says which variables a live run still needs, before anybody presses Run. */
export function MissingKeys({ steps }: { steps: readonly DraftStep[] }) {
  const { t } = useTranslation();
  const providers = useProviders();
  const needs = needsOf(steps, providers.data);
  if (needs.settings.length === 0 && needs.unavailable.length === 0) {
    return null;
  }
  return (
    <Notice kind="key" title={t("keys.title")}>
      {needs.settings.length > 0 && (
        <p>
          {t("keys.missing", { count: needs.settings.length })}{" "}
          {needs.settings.map((setting, index) => (
            <span key={setting}>
              {index > 0 && ", "}
              <code>{setting}</code>
            </span>
          ))}
          .
        </p>
      )}
      {needs.unavailable.length > 0 && (
        <p>{t("keys.unavailable", { providers: needs.unavailable.join(", ") })}</p>
      )}
      <p>{t("keys.rehearse")}</p>
    </Notice>
  );
}

function needsOf(steps: readonly DraftStep[], list: ProviderList | undefined) {
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
