import { Combobox } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { MediumIcon } from "../../components/medium.tsx";
import { today } from "../../today.ts";
import { useFormat } from "../../use-format.ts";
import { usePriceWords } from "../fields/model-facts.tsx";
import type { PaletteEntry } from "./palette-search.ts";
import { describedAs } from "./use-palette-words.ts";
import classes from "./palette.module.css";

interface PaletteOptionProps {
  id: string;
  entry: PaletteEntry;
  isActive: boolean;
}

/** One line: what it is, from whom, what it costs, and what it still needs. */
export function PaletteOption({ id, entry, isActive }: PaletteOptionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const priceOf = usePriceWords();
  const described = describedAs(entry);
  const { missing, shutdownDate } = entry;
  return (
    <Combobox.Option
      id={id}
      value={entry.value}
      selected={isActive}
      aria-selected={isActive}
      className={classes.option ?? ""}
      data-medium={entry.modality}
    >
      <span className={classes.icon}>
        <MediumIcon medium={entry.modality} size={20} />
      </span>
      <span className={classes.names}>
        <span className={classes.label}>{entry.label}</span>
        <span className={classes.about}>
          {described === undefined ? entry.provider : t(`builder.composed.${described}`)}
          {entry.isUnofficial && ` · ${t("keys.unofficialShort")}`}
          {shutdownDate !== null &&
            ` · ${t(shutdownDate > today() ? "editor.endsOn" : "editor.wasToEndOn", { date: format.day(shutdownDate) })}`}
        </span>
      </span>
      <span className={classes.facts}>
        <span className="figures">
          {entry.price === null ? t("fields.price.unknown") : priceOf(entry.price)}
        </span>
        {missing !== null && (
          <span className={classes.missing}>
            <IconKey size={14} stroke={1.75} aria-hidden />
            {t(missing === "address" ? "keys.addressMissing" : "keys.missingShort")}
          </span>
        )}
      </span>
    </Combobox.Option>
  );
}
