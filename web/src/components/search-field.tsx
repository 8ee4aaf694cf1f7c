import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

const PAUSE_MS = 250;

interface SearchFieldProps {
  label: string;
  placeholder: string;
  /** What is searched for at present. */
  value: string;
  onChange: (value: string) => void;
  className?: string | undefined;
}

/** A field to search by: asks when the person pauses, and shows what is asked for when that changes elsewhere. */
export function SearchField({ label, placeholder, value, onChange, className }: SearchFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef(0);
  if (value !== known) {
    setKnown(value);
    setTyped(value);
  }
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const ask = (next: string, pauseMs: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setKnown(next);
      onChange(next);
    }, pauseMs);
  };
  return (
    <TextInput
      size="md"
      className={className}
      label={label}
      placeholder={placeholder}
      maxLength={200}
      leftSection={<IconSearch aria-hidden size={18} stroke={1.75} />}
      rightSection={
        typed === "" ? null : (
          <CloseButton
            aria-label={t("library.clearSearch")}
            onClick={() => {
              setTyped("");
              ask("", 0);
            }}
          />
        )
      }
      value={typed}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        ask(next, PAUSE_MS);
      }}
    />
  );
}
