import {
  useMantineColorScheme,
  type MantineColorScheme,
  type MantineColorSchemeManager,
} from "@mantine/core";
import { readStored, writeStored } from "../storage.ts";

const STORAGE_KEY = "relais.theme";

function readTheme(defaultValue: MantineColorScheme): MantineColorScheme {
  const stored = readStored(STORAGE_KEY);
  return stored === "light" || stored === "dark" || stored === "auto" ? stored : defaultValue;
}

/** Keeps the chosen theme where `first-paint.js` reads it before the page is drawn. */
export const themeStorage: MantineColorSchemeManager = {
  get: readTheme,
  set: (value) => {
    writeStored(STORAGE_KEY, value);
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => {
    writeStored(STORAGE_KEY, null);
  },
};

/** The chosen theme (light, dark, or as the system has it) and how to change it. */
export function useThemeChoice(): {
  choice: MantineColorScheme;
  choose: (value: MantineColorScheme) => void;
} {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return { choice: colorScheme, choose: setColorScheme };
}
