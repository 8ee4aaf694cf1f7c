import { NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useKeyWords, usePriceWords } from "../fields/model-facts.tsx";
import type { Choice } from "./model-choices.ts";

/** Value of the entry that opens the text field. No model has a name with a space in it. */
const OTHER = "other model";

interface PhoneModelPickerProps {
  label: string;
  value: string;
  error: string | null;
  description: ReactNode;
  groups: { group: string; items: Choice[] }[];
  /** True also as long as the list is not there, when it cannot be told. */
  isInList: boolean;
  onChange: (aiProvider: string) => void;
}

/**
 * The phone's own list, which needs no room on the page. Its last entry opens a field for a model that is not in it. What
 * stands there is the step's model at every moment, so that nothing runs with another than the one on the screen.
 */
export function PhoneModelPicker({ value, groups, isInList, onChange, ...shared }: PhoneModelPickerProps) {
  const { t } = useTranslation();
  /** The field stays open while somebody writes the name of a model that is in the list, or on the way to a longer one. */
  const [isWriting, setIsWriting] = useState(false);
  /** Nobody is scolded for a name that they are about to write; whoever is led here by what is wrong reads it. */
  const [isScolded, setIsScolded] = useState(true);
  const hasFault = shared.error !== null;
  const isOther = isWriting || value === "" || !isInList;
  const price = usePriceWords();
  const key = useKeyWords();
  const wordsOf = (choice: Choice): string[] => [
    choice.label,
    ...(choice.price === null || choice.isComposed ? [] : [price(choice.price)]),
    ...(choice.missing === null && !choice.isTrial ? [] : [key(choice)]),
  ];
  const listed = groups
    .map(({ group, items }) => ({
      group,
      items: items
        // What has gone is only shown where it is the step's own.
        .filter((choice) => !choice.isGone || choice.value === value)
        .map((choice) => ({
          value: choice.value,
          // What is known of the chosen one stands below.
          label: choice.value === value ? choice.label : wordsOf(choice).join(" · "),
        })),
    }))
    .filter(({ items }) => items.length > 0);
  const other = { value: OTHER, label: t("editor.anotherModel") };
  return (
    <Stack gap={16}>
      <NativeSelect
        {...shared}
        description={isOther ? null : shared.description}
        error={isOther ? null : shared.error}
        inputWrapperOrder={["label", "input", "description", "error"]}
        size="md"
        // Before the list is there, the chosen model is all that is known of it.
        data={isOther || listed.length > 0 ? [...listed, other] : [{ value, label: value }, other]}
        value={isOther ? OTHER : value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          setIsWriting(chosen === OTHER);
          onChange(chosen === OTHER ? "" : chosen);
        }}
      />
      {isOther && (
        <TextInput
          label={t("editor.modelId")}
          description={t("editor.modelIdHelp")}
          error={isScolded ? shared.error : null}
          inputWrapperOrder={["label", "input", "description", "error"]}
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          value={value}
          onFocus={() => {
            setIsScolded(hasFault);
          }}
          onBlur={() => {
            setIsScolded(true);
          }}
          onChange={(event) => {
            setIsScolded(false);
            setIsWriting(true);
            onChange(event.currentTarget.value.trim());
          }}
        />
      )}
    </Stack>
  );
}
