import { Combobox, Modal, NativeSelect, TextInput, useCombobox } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { DraftStep, NewStep } from "../editor/draft.ts";
import { PaletteOption } from "./palette-option.tsx";
import { findEntries, paletteEntries, type PaletteEntry } from "./palette-search.ts";
import { usePaletteWords } from "./use-palette-words.ts";
import classes from "./palette.module.css";

interface StepPaletteProps {
  steps: readonly DraftStep[];
  /** Where the step goes unless another place is chosen, from 0. */
  index: number;
  onAdd: (step: NewStep) => void;
  onClose: () => void;
}

/** Adds a step: what it is to do is searched for, and Enter takes the first that fits. */
export default function StepPalette({ steps, index, onAdd, onClose }: StepPaletteProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)", undefined, { getInitialValueInEffect: false });
  const providers = useProviders();
  const wordsOf = usePaletteWords();
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(index);
  const [active, setActive] = useState(0);
  const entries = useMemo(() => paletteEntries(providers.data), [providers.data]);
  const found = useMemo(() => findEntries(entries, query, wordsOf), [entries, query, wordsOf]);
  const combobox = useCombobox({ opened: true });
  const add = (value: string | undefined) => {
    const entry = found.find((one) => one.value === value);
    if (entry !== undefined) {
      onClose();
      onAdd({ index: place, aiProvider: entry.value, isComposed: entry.isComposed });
    }
  };
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: Math.min(active + 8, found.length - 1),
      PageUp: Math.max(active - 8, 0),
    };
    const next = moves[event.key];
    if (next !== undefined && found.length > 0) {
      event.preventDefault();
      setActive((next + found.length) % found.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add(found[active]?.value);
    } else if (event.key === "Escape") {
      // The field keeps it from the dialog, as if there were a list to close first.
      onClose();
    }
  };
  useEffect(() => {
    document.querySelector(`#${optionId(active)}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      fullScreen={isPhone}
      title={t("editor.addStep")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <Combobox store={combobox} onOptionSubmit={add}>
        <div className={classes.head}>
          <Combobox.EventsTarget
            withKeyboardNavigation={false}
            withExpandedAttribute
            // Mantine says it only once something else has changed.
            aria-controls={LIST_ID}
            aria-expanded
            aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
          >
            <TextInput
              data-autofocus
              className={classes.search}
              label={t("builder.palette.search")}
              placeholder={t("builder.palette.example")}
              leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
              value={query}
              aria-autocomplete="list"
              spellCheck={false}
              onKeyDown={press}
              onChange={(event) => {
                setQuery(event.currentTarget.value);
                setActive(0);
              }}
            />
          </Combobox.EventsTarget>
          <NativeSelect
            size="md"
            className={classes.place}
            label={t("builder.palette.place")}
            data={placesIn(steps, t)}
            value={String(place)}
            onChange={(event) => {
              setPlace(Number(event.currentTarget.value));
            }}
          />
        </div>
        <Found entries={found} active={active} isLoading={providers.isPending} />
      </Combobox>
      {query.trim() === "" && entries.length > 0 && (
        <p className={classes.more}>{t("builder.palette.more", { count: entries.length })}</p>
      )}
    </Modal>
  );
}

const LIST_ID = "palette-options";

function optionId(index: number): string {
  return `palette-option-${index}`;
}

/** Before the first step, after each of the others, at the end. */
function placesIn(steps: readonly DraftStep[], t: TFunction): { value: string; label: string }[] {
  const after = steps.slice(0, -1).map((step, index) => ({
    value: String(index + 1),
    label: step.name
      ? t("builder.palette.afterNamed", { number: index + 1, name: step.name })
      : t("builder.palette.after", { number: index + 1 }),
  }));
  return [
    { value: "0", label: t("builder.palette.first") },
    ...after,
    { value: String(steps.length), label: t("builder.palette.last") },
  ];
}

interface FoundProps {
  entries: PaletteEntry[];
  active: number;
  isLoading: boolean;
}

/** What was found, under the medium that it makes. */
function Found({ entries, active, isLoading }: FoundProps) {
  const { t } = useTranslation();
  const groups = Map.groupBy(
    entries.map((entry, index) => ({ entry, index })),
    ({ entry }) => entry.group,
  );
  return (
    <>
      <Combobox.Options id={LIST_ID} className={classes.options ?? ""} aria-label={t("editor.addStep")}>
        {[...groups].map(([group, lines]) => (
          <Combobox.Group
            key={group}
            label={group === "composed" ? t("editor.assemble") : t(`medium.${group}`)}
            classNames={{ groupLabel: classes.group ?? "" }}
          >
            {lines.map(({ entry, index }) => (
              <PaletteOption
                key={entry.value}
                id={optionId(index)}
                entry={entry}
                isActive={index === active}
              />
            ))}
          </Combobox.Group>
        ))}
      </Combobox.Options>
      <output className={classes.none}>
        {entries.length === 0 && t(isLoading ? "loading" : "builder.palette.none")}
        {entries.length > 0 && (
          <span className="visually-hidden">{t("builder.palette.found", { count: entries.length })}</span>
        )}
      </output>
    </>
  );
}
