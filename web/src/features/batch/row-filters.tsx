import { useTranslation } from "react-i18next";
import type { BatchState } from "../../api/types.ts";
import { countOf, ROW_FILTERS, type RowFilter } from "./batch-progress.ts";
import classes from "./batch.module.css";

interface RowFiltersProps {
  state: BatchState;
  filter: RowFilter;
  onChange: (filter: RowFilter) => void;
}

/** Cuts the list down to rows of one kind, and says how many there are of each. */
export function RowFilters({ state, filter, onChange }: RowFiltersProps) {
  const { t } = useTranslation();
  const shown = ROW_FILTERS.filter((one) => one === "all" || one === filter || countOf(state, one) > 0);
  return (
    <fieldset className={classes.filters}>
      <legend className="visually-hidden">{t("batch.filter")}</legend>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          className={classes.filter}
          aria-pressed={one === filter}
          onClick={() => {
            onChange(one);
          }}
        >
          {t(`batch.filters.${one}`)} <span className="figures">{countOf(state, one)}</span>
        </button>
      ))}
    </fieldset>
  );
}
