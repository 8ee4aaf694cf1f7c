import { ActionIcon, Input, NativeSelect } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./fields.module.css";

interface SourceListProps {
  label: string;
  description: string;
  error: string | null;
  /** What can be chosen, by its reference. */
  data: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Files that a step works on, in an order of one's own. */
export function SourceList({ label, description, error, data, chosen, onChange }: SourceListProps) {
  const { t } = useTranslation();
  const nameOf = (reference: string) => data.find(({ value }) => value === reference)?.label ?? reference;
  const move = (index: number, to: number) => {
    const [moved = ""] = chosen.slice(index, index + 1);
    onChange(chosen.toSpliced(index, 1).toSpliced(to, 0, moved));
  };
  // One that was written by hand may stand there twice.
  const places = chosen.map((reference, index) => ({ reference, index }));
  const left = data.filter(({ value }) => !chosen.includes(value));
  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={error}
      inputWrapperOrder={["label", "input", "description", "error"]}
      labelElement="div"
      size="md"
    >
      {chosen.length > 0 && (
        <ol className={classes.sourceList} aria-label={label}>
          {places.map(({ reference, index }) => {
            const source = nameOf(reference);
            return (
              <li key={index} className={classes.source}>
                <span className={classes.sourceName}>{source}</span>
                <ActionIcon
                  aria-label={t("fields.sources.up", { source })}
                  disabled={index === 0}
                  onClick={() => {
                    move(index, index - 1);
                  }}
                >
                  <IconArrowUp aria-hidden size={18} stroke={1.75} />
                </ActionIcon>
                <ActionIcon
                  aria-label={t("fields.sources.down", { source })}
                  disabled={index === chosen.length - 1}
                  onClick={() => {
                    move(index, index + 1);
                  }}
                >
                  <IconArrowDown aria-hidden size={18} stroke={1.75} />
                </ActionIcon>
                <ActionIcon
                  aria-label={t("fields.sources.remove", { source })}
                  onClick={() => {
                    onChange(chosen.toSpliced(index, 1));
                  }}
                >
                  <IconTrash aria-hidden size={18} stroke={1.75} />
                </ActionIcon>
              </li>
            );
          })}
        </ol>
      )}
      {left.length > 0 && (
        <NativeSelect
          size="md"
          aria-label={t("fields.sources.addTo", { name: label })}
          data={[{ value: "", label: t("fields.sources.add") }, ...left]}
          value=""
          onChange={(event) => {
            if (event.currentTarget.value !== "") onChange([...chosen, event.currentTarget.value]);
          }}
        />
      )}
    </Input.Wrapper>
  );
}
