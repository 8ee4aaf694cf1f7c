import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { PaletteEntry, WordsOf } from "./palette-search.ts";

/** What Relais composes by itself and the language files describe. */
const DESCRIBED = [
  "audiobook",
  "captions",
  "concat",
  "ebook",
  "mix",
  "podcast",
  "resize",
  "short",
  "slideshow",
  "thumbnail",
  "trim",
  "zip",
] as const;

type Described = (typeof DESCRIBED)[number];

/** The name under which the language files describe an entry; undefined where they do not. */
export function describedAs({ value, isComposed }: PaletteEntry): Described | undefined {
  return isComposed ? DESCRIBED.find((name) => name === value) : undefined;
}

/** Words of the page's language by which an entry is found: its medium, and what people call what it does. */
export function usePaletteWords(): WordsOf {
  const { t } = useTranslation();
  return useCallback<WordsOf>(
    (entry) => {
      const medium = t(`medium.${entry.modality}`);
      if (!entry.isComposed) return { medium, others: t(`builder.words.${entry.modality}`) };
      const described = describedAs(entry);
      const composed =
        described === undefined
          ? ""
          : `${t(`builder.composed.${described}`)} ${t(`builder.composedWords.${described}`)}`;
      return { medium: "", others: `${medium} ${t("editor.assemble")} ${composed}` };
    },
    [t],
  );
}
