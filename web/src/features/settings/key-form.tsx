import { Button, PasswordInput } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStoreKey } from "../../api/key-queries.ts";
import type { KeyState } from "../../api/types.ts";
import { ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import classes from "./keys.module.css";

/** The server takes no shorter one: it could not keep it out of its log. */
const MIN_CHARACTERS = 8;

interface KeyFormProps {
  keyState: KeyState;
  providerName: string;
  onStored: () => void;
  onClose: () => void;
}

/** Where a key is pasted. It goes to the server once and is not kept by the page. */
export function KeyForm({ keyState, providerName, onStored, onClose }: KeyFormProps) {
  const { t } = useTranslation();
  const { variable, key_page: page } = keyState;
  const store = useStoreKey(variable);
  const field = useRef<HTMLInputElement>(null);
  // Whoever has asked to give a key goes on typing.
  useEffect(() => field.current?.focus(), []);
  const [value, setValue] = useState("");
  const [error, setError] = useState<string | null>(null);
  const save = () => {
    const key = value.trim();
    const isKey = key.length >= MIN_CHARACTERS && /^[\u0021-\u007e]+$/.test(key);
    setError(isKey ? null : t("keys.notAKey"));
    if (!isKey) return;
    store.mutate(key, {
      onSuccess: () => {
        setValue("");
        showToast(t("keys.stored", { name: providerName }));
        onStored();
      },
    });
  };
  return (
    <form
      className={classes.form}
      aria-label={t("keys.formLabel", { name: providerName })}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <PasswordInput
        className={classes.field}
        label={t("keys.fieldLabel", { name: providerName })}
        description={<code>{variable}</code>}
        value={value}
        error={error}
        autoComplete="off"
        spellCheck={false}
        maxLength={2_000}
        ref={field}
        data-1p-ignore
        data-lpignore="true"
        visibilityToggleButtonProps={{ "aria-label": t("keys.show"), tabIndex: 0 }}
        onChange={(event) => {
          setValue(event.currentTarget.value);
          setError(null);
        }}
      />
      {page !== null && (
        <a className={classes.keyPage} href={page} target="_blank" rel="noreferrer">
          {t("keys.getOne", { name: providerName })}
          <IconExternalLink size={16} stroke={1.75} aria-hidden />
        </a>
      )}
      {store.error !== null && <ProblemNotice error={store.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={store.isPending} disabled={value.trim() === ""}>
          {t("actions.save")}
        </Button>
        <Button variant="default" disabled={store.isPending} onClick={onClose}>
          {t("keys.cancel")}
        </Button>
      </div>
    </form>
  );
}
