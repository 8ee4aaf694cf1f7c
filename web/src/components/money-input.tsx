import type { TextInputProps } from "@mantine/core";
import { useLanguage } from "../language.ts";
import { NumberField } from "./number-field.tsx";

type MoneyInputProps = Pick<TextInputProps, "label" | "placeholder" | "error" | "className"> & {
  /** USD; null while the field is empty. */
  value: number | null;
  onChange: (usd: number | null) => void;
};

/** An amount in dollars, written as the language of the page writes it. */
export function MoneyInput(props: MoneyInputProps) {
  const sign = <span aria-hidden>$</span>;
  const written = useLanguage() === "fr" ? { rightSection: sign } : { leftSection: sign };
  return <NumberField {...props} {...written} allowsDecimals />;
}
