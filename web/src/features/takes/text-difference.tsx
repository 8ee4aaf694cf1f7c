import { diffWordsWithSpace } from "diff";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import classes from "./takes.module.css";

/** Beyond this many characters, comparing them word by word would hold the page up. */
const MOST_CHARACTERS = 60_000;
const MOST_MS = 1_500;

/** A text with what the other lacks struck through and what it says instead underlined. */
export default function TextDifference({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation();
  const parts = useMemo(
    () =>
      before.length + after.length > MOST_CHARACTERS
        ? undefined
        : diffWordsWithSpace(before, after, { timeout: MOST_MS }),
    [before, after],
  );
  if (parts === undefined) return <p className={classes.quiet}>{t("takes.tooDifferent")}</p>;
  return (
    <ScrollFrame className={classes.difference} label={t("takes.difference")}>
      {parts.map((part, index) => {
        const key = `${index}-${part.value.slice(0, 20)}`;
        if (part.added) return <ins key={key}>{part.value}</ins>;
        if (part.removed) return <del key={key}>{part.value}</del>;
        return <span key={key}>{part.value}</span>;
      })}
    </ScrollFrame>
  );
}
