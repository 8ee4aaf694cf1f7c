import { IconAlertTriangle, IconCircleCheck, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ProviderWire } from "../../api/types.ts";
import { needOf } from "../../catalogue.ts";
import classes from "./keys.module.css";

const ICONS = { set: IconCircleCheck, missing: IconKey, problem: IconAlertTriangle };

/** In words: whether the key is set and by what, or what is still missing. */
export function KeyStateLine({ provider }: { provider: ProviderWire }) {
  const { kind, text } = useStateWords(provider);
  const Glyph = ICONS[kind];
  return (
    <p className={classes.state} data-state={kind}>
      <Glyph size={18} stroke={1.75} aria-hidden />
      <span>{text}</span>
    </p>
  );
}

function useStateWords(provider: ProviderWire): { kind: keyof typeof ICONS; text: string } {
  const { t } = useTranslation();
  const { key, base_url_setting: address } = provider;
  const isAddressMissing = address !== null && provider.missing_settings.includes(address);
  if (key?.source === "environment" && !isAddressMissing) {
    return { kind: "set", text: t("keys.fromEnvironment") };
  }
  if (key?.problem) return { kind: "problem", text: t(`keys.problem.${key.problem}`) };
  if (isAddressMissing) return { kind: "missing", text: t("keys.addressToGive", { variable: address }) };
  if (key?.source === "page") {
    return {
      kind: "set",
      text: key.ending === null ? t("keys.fromPage") : t("keys.fromPageEnding", { ending: key.ending }),
    };
  }
  if (!provider.is_configured) return { kind: "missing", text: t("keys.missingShort") };
  return {
    kind: "set",
    text: needOf(provider) === "address" ? t("settings.addressSet") : t("settings.ready"),
  };
}
