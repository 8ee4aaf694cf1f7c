import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { useLanguage } from "../language.ts";
import { numberOf, numberText, tidyNumberText } from "./number-text.ts";

interface NumberFieldProps extends Pick<
  TextInputProps,
  | "label"
  | "description"
  | "placeholder"
  | "error"
  | "className"
  | "required"
  | "leftSection"
  | "rightSection"
  | "inputWrapperOrder"
> {
  /** Null while the field is empty. */
  value: number | null;
  onChange: (value: number | null) => void;
  allowsDecimals: boolean;
  allowsNegative?: boolean;
}

/**
 * A number typed key by key, with a comma or a point. What is typed stays as it is typed ("0,", "1,50"); keys that cannot
 * be part of a number do nothing, so that no amount ever disappears or changes while it is written.
 */
export function NumberField(props: NumberFieldProps) {
  const { value, onChange, allowsDecimals, allowsNegative = false, ...field } = props;
  const language = useLanguage();
  const [typed, setTyped] = useState("");
  const text = numberOf(typed) === value ? typed : numberText(value, language);
  return (
    <TextInput
      {...field}
      inputMode={allowsDecimals ? "decimal" : "numeric"}
      autoComplete="off"
      value={text}
      onChange={(event) => {
        const next = tidyNumberText(event.currentTarget.value, { allowsDecimals, allowsNegative });
        if (next === null) return;
        setTyped(next);
        onChange(numberOf(next));
      }}
    />
  );
}
