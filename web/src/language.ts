import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../../src/errors.ts";
import en from "./languages/en.json" with { type: "json" };
import fr from "./languages/fr.json" with { type: "json" };
import { readStored, writeStored } from "./storage.ts";

const STORAGE_KEY = "relais.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof fr };
  }
}

const texts = createInstance();

/** Starts the page's texts in the language that was chosen before, French the first time. */
export function startLanguage(): void {
  const language: Language = readStored(STORAGE_KEY) === "en" ? "en" : "fr";
  document.documentElement.lang = language;
  void texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: "fr",
    resources: { fr: { translation: fr }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export async function changeLanguage(language: Language): Promise<void> {
  writeStored(STORAGE_KEY, language);
  document.documentElement.lang = language;
  await texts.changeLanguage(language);
}

/** The language of the page, followed by React. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "fr";
}
