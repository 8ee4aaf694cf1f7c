import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import type { ProviderWire } from "../../api/types.ts";
import { copyText } from "../../clipboard.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import { KeyRow } from "./key-row.tsx";
import { groupProviders, searchProviders, type ProviderGroup } from "./provider-order.ts";
import classes from "./keys.module.css";
import settingsClasses from "./settings.module.css";

const SECRET_COMMAND = "npx relais secret";
const FOLDED: ReadonlySet<ProviderGroup> = new Set(["others", "gateways", "ownMachine"]);

/** The keys of all providers: what is set, and where a key is given, tested and taken away. */
export function KeysSection() {
  const { t } = useTranslation();
  const list = useProviders();
  return (
    <section id="keys" className={settingsClasses.section} aria-labelledby="keys-heading">
      <h2 id="keys-heading">{t("settings.sections.keys")}</h2>
      <p className={settingsClasses.lead}>{t("keys.lead")}</p>
      {list.isPending && <LoadingLine />}
      {list.error !== null && <ProblemNotice error={list.error} />}
      {list.data !== undefined && <Keys providers={list.data.providers} />}
    </section>
  );
}

function Keys({ providers }: { providers: readonly ProviderWire[] }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const canStore = providers.some(({ key }) => key?.can_store === true);
  const unreadable = providers.filter(({ key }) => key?.problem);
  const found = searchProviders(providers, text, (modality) => t(`medium.${modality}`));
  return (
    <>
      {!canStore && <SecretNotice />}
      {canStore && unreadable.length > 0 && (
        <Notice kind="warning" title={t("keys.unreadableTitle")}>
          {t("keys.unreadable", { names: unreadable.map(({ name }) => name).join(", ") })}
        </Notice>
      )}
      <TextInput
        className={classes.search}
        type="search"
        label={t("keys.search")}
        leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() === "" ? <Groups providers={providers} /> : <Found providers={found} />}
    </>
  );
}

/** Says how keys can be kept here: the one secret that this server lacks. */
function SecretNotice() {
  const { t } = useTranslation();
  const copy = async () => {
    const isCopied = await copyText(SECRET_COMMAND);
    showToast(t(isCopied ? "keys.copied" : "keys.notCopied"), isCopied ? "done" : "failed");
  };
  return (
    <Notice
      kind="key"
      title={t("keys.secretTitle")}
      actions={
        <Button variant="default" onClick={() => void copy()}>
          {t("keys.copyCommand")}
        </Button>
      }
    >
      <p>{t("keys.secretText")}</p>
      <p>
        <code className={classes.command}>{SECRET_COMMAND}</code>
      </p>
      <p>{t("keys.secretOr")}</p>
    </Notice>
  );
}

/** Providers stay where they were when the page opened: none jumps away from under the hand that gives it a key. */
function Groups({ providers }: { providers: readonly ProviderWire[] }) {
  const { t } = useTranslation();
  const [opened] = useState(() => groupProviders(providers));
  const current = new Map(providers.map((provider) => [provider.id, provider]));
  const groups = opened.map((one) => ({
    group: one.group,
    providers: one.providers.flatMap(({ id }) => current.get(id) ?? []),
  }));
  return groups.map(({ group, providers: ofGroup }) =>
    FOLDED.has(group) ? (
      <details key={group} className={classes.fold}>
        <summary>{t("keys.folded", { group: t(`keys.group.${group}`), number: ofGroup.length })}</summary>
        <Rows providers={ofGroup} />
      </details>
    ) : (
      <div key={group}>
        <h3 className={classes.group}>{t(`keys.group.${group}`)}</h3>
        <Rows providers={ofGroup} />
      </div>
    ),
  );
}

function Found({ providers }: { providers: readonly ProviderWire[] }) {
  const { t } = useTranslation();
  if (providers.length === 0) return <p className={classes.nothing}>{t("keys.nothingFound")}</p>;
  return <Rows providers={providers} />;
}

function Rows({ providers }: { providers: readonly ProviderWire[] }) {
  return (
    <ul className={classes.rows}>
      {providers.map((provider) => (
        <KeyRow key={provider.id} provider={provider} />
      ))}
    </ul>
  );
}
