import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useLanguage } from "../language.ts";

type MoneyInputProps = Pick<NumberInputProps, "label" | "placeholder" | "error" | "className"> & {
  /** USD; null while the field is empty. */
  value: number | null;
  onChange: (usd: number | null) => void;
};

/** An amount in dollars, written as the language of the page writes it. */
export function MoneyInput({ value, onChange, ...field }: MoneyInputProps) {
  const language = useLanguage();
  const written = language === "fr" ? { decimalSeparator: ",", suffix: "\u202F$" } : { prefix: "$" };
  return (
    <NumberInput
      {...field}
      {...written}
      allowedDecimalSeparators={[",", "."]}
      hideControls
      min={0}
      max={1_000_000}
      decimalScale={4}
      step={0.1}
      value={value ?? ""}
      onChange={(next) => {
        onChange(typeof next === "number" ? next : null);
      }}
    />
  );
}
