import {
  IconBrightness,
  IconCoins,
  IconHistory,
  IconLanguage,
  IconMoon,
  IconPhotoVideo,
  IconSettings,
  IconStack2,
  IconSun,
  type Icon,
} from "@tabler/icons-react";
import type { MantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { ShortcutsButton } from "../features/shortcuts/shortcuts-button.tsx";
import { RunningIndicator } from "../features/live/running-indicator.tsx";
import { changeLanguage, useLanguage } from "../language.ts";
import { useThemeChoice } from "../theme/use-theme-choice.ts";
import classes from "./shell.module.css";

const PLACES = [
  { path: "/combinations", text: "nav.combinations", glyph: IconStack2 },
  { path: "/combinations/executions", text: "nav.executions", glyph: IconHistory },
  { path: "/combinations/library", text: "nav.library", glyph: IconPhotoVideo },
  { path: "/combinations/costs", text: "nav.costs", glyph: IconCoins },
  { path: "/combinations/settings", text: "nav.settings", glyph: IconSettings },
] as const satisfies { path: string; text: string; glyph: Icon }[];

/** The frame of every screen: the rail on the left, which is a bar at the foot on a phone. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {t("nav.skip")}
      </a>
      <nav className={classes.rail} aria-label={t("nav.label")}>
        <span className={classes.brand}>
          <img src="/relais.svg" alt="" width={28} height={28} />
          <span className={classes.word}>Relais</span>
        </span>
        <ul className={classes.places}>
          {PLACES.map(({ path, text, glyph: Glyph }) => (
            <li key={path}>
              <Link
                href={path}
                className={classes.place}
                aria-current={isUnder(location, path) ? "page" : undefined}
              >
                <Glyph size={22} stroke={1.6} aria-hidden />
                <span>{t(text)}</span>
              </Link>
            </li>
          ))}
          <RunningIndicator className={classes.place} />
        </ul>
        <div className={classes.foot}>
          <ShortcutsButton className={classes.preference} />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </nav>
      <main id="content" className={classes.content} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function isUnder(location: string, path: string): boolean {
  if (path === "/combinations") {
    return location === path || /^\/combinations\/(?:new|run|batches\/new)/.test(location);
  }
  if (path === "/combinations/executions" && /^\/combinations\/batches\/\d/.test(location)) {
    return true;
  }
  return location.startsWith(path);
}

function LanguageSwitch() {
  const language = useLanguage();
  const client = useQueryClient();
  const other = language === "fr" ? "en" : "fr";
  const name = other === "fr" ? "Français" : "English";
  return (
    <button
      type="button"
      className={classes.preference}
      lang={other}
      onClick={() => {
        // What the server worded is asked for again in the new language.
        void changeLanguage(other).then(() => client.invalidateQueries());
      }}
    >
      <IconLanguage size={20} stroke={1.6} aria-hidden />
      <span>{name}</span>
    </button>
  );
}

const NEXT_THEME: Record<MantineColorScheme, MantineColorScheme> = {
  auto: "light",
  light: "dark",
  dark: "auto",
};
const THEME_ICONS: Record<MantineColorScheme, Icon> = {
  auto: IconBrightness,
  light: IconSun,
  dark: IconMoon,
};

function ThemeSwitch() {
  const { t } = useTranslation();
  const { choice, choose } = useThemeChoice();
  const Glyph = THEME_ICONS[choice];
  return (
    <button
      type="button"
      className={classes.preference}
      aria-label={t("theme.switch", { theme: t(`theme.${choice}`) })}
      onClick={() => {
        choose(NEXT_THEME[choice]);
      }}
    >
      <Glyph size={20} stroke={1.6} aria-hidden />
      <span>{t(`theme.${choice}`)}</span>
    </button>
  );
}
