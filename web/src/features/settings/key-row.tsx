import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRemoveKey, useTestKey } from "../../api/key-queries.ts";
import type { KeyState, ProviderWire } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { MediumChip } from "../../components/medium.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import { KeyForm } from "./key-form.tsx";
import { KeyStateLine } from "./key-state.tsx";
import { KeyVerdict } from "./key-verdict.tsx";
import classes from "./keys.module.css";

/** One provider: whether its key is set, and what can be done about it. */
export function KeyRow({ provider }: { provider: ProviderWire }) {
  const { t } = useTranslation();
  const { name, documentation, key, base_url_setting: address } = provider;
  const isAddressNeeded = address !== null && provider.required_settings.includes(address);
  const test = useTestKey(provider.id);
  const isUsable = provider.is_configured && key !== null;
  return (
    <li className={classes.row}>
      <div className={classes.head}>
        <h4 className={classes.name}>
          {documentation === null ? (
            name
          ) : (
            <a href={documentation} target="_blank" rel="noreferrer">
              {name}
            </a>
          )}
        </h4>
        <KeyStateLine provider={provider} />
        <p className={classes.media}>
          {provider.modalities.map((modality) => (
            <MediumChip key={modality} medium={modality} />
          ))}
        </p>
        <p className={classes.facts}>
          {[key?.variable ?? null, isAddressNeeded ? address : null]
            .filter((variable) => variable !== null)
            .map((variable) => (
              <code key={variable}>{variable}</code>
            ))}
          <Limits provider={provider} />
        </p>
        {provider.kind === "gateway" && <p className={classes.warning}>{t("keys.unofficial")}</p>}
      </div>
      {key !== null && (
        <KeyActions
          provider={provider}
          keyState={key}
          isTesting={test.isPending}
          onTest={isUsable ? () => test.mutate() : null}
          onStored={() => {
            if (key.can_test) test.mutate();
            else test.reset();
          }}
          onRemoved={() => test.reset()}
        />
      )}
      {test.data !== undefined && !test.isPending && <KeyVerdict test={test.data} />}
      {test.error !== null && <ProblemNotice error={test.error} />}
    </li>
  );
}

interface KeyActionsProps {
  provider: ProviderWire;
  keyState: KeyState;
  isTesting: boolean;
  /** Null: there is nothing to test. */
  onTest: (() => void) | null;
  onStored: () => void;
  onRemoved: () => void;
}

function KeyActions({ provider, keyState, isTesting, onTest, onStored, onRemoved }: KeyActionsProps) {
  const { t } = useTranslation();
  const { name } = provider;
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const canChange = keyState.can_store && keyState.source !== "environment";
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const change = keyState.is_stored ? "change" : "add";
  return (
    <>
      <div className={classes.actions}>
        {onTest !== null && (
          <Button
            variant="default"
            loading={isTesting}
            aria-label={t("keys.testOf", { name })}
            onClick={onTest}
          >
            {t("keys.test")}
          </Button>
        )}
        {canChange && (
          <Button
            ref={opener}
            variant={keyState.is_stored ? "default" : "light"}
            aria-label={t(`keys.${change}Of`, { name })}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {t(`keys.${change}`)}
          </Button>
        )}
        {keyState.is_stored && (
          <RemoveButton variable={keyState.variable} name={name} onRemoved={onRemoved} />
        )}
      </div>
      {isOpen && (
        <KeyForm
          keyState={keyState}
          providerName={name}
          onClose={close}
          onStored={() => {
            close();
            onStored();
          }}
        />
      )}
    </>
  );
}

function RemoveButton({
  variable,
  name,
  onRemoved,
}: {
  variable: string;
  name: string;
  onRemoved: () => void;
}) {
  const { t } = useTranslation();
  const remove = useRemoveKey(variable);
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        aria-label={t("keys.removeOf", { name })}
        onClick={() => setAsked(true)}
      >
        {t("actions.remove")}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        title={t("keys.removeTitle", { name })}
        text={t("keys.removeText")}
        confirmText={t("keys.removeConfirm")}
        isBusy={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() => {
          remove.mutate(undefined, {
            onSuccess: () => {
              setAsked(false);
              onRemoved();
              showToast(t("keys.removed", { name }));
            },
            onError: () => {
              setAsked(false);
              showToast(t("keys.notRemoved"), "failed");
            },
          });
        }}
      />
    </>
  );
}

/** The most calls that all processes together make, where there is such a limit. */
function Limits({ provider }: { provider: ProviderWire }) {
  const { t } = useTranslation();
  const { calls_at_once: atOnce, calls_a_minute: aMinute } = provider;
  return (
    <>
      {atOnce !== null && <span>{t("settings.callsAtOnce", { count: atOnce })}</span>}
      {aMinute !== null && <span>{t("settings.callsAMinute", { count: aMinute })}</span>}
    </>
  );
}
