import { NativeSelect } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaps } from "../../api/cap-queries.ts";
import { useTemplates, useWorkflows } from "../../api/queries.ts";
import type { Cap } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { CapGroup } from "./cap-group.tsx";
import capClasses from "./caps.module.css";
import classes from "./settings.module.css";

/** What all executions together, and those of one workflow, may spend. */
export function CapsSection() {
  const { t } = useTranslation();
  const caps = useCaps();
  const section = useRef<HTMLElement>(null);
  const isThere = caps.data !== undefined;
  // The browser looks for the place before it is there.
  useEffect(() => {
    if (isThere && globalThis.location.hash === "#caps") section.current?.scrollIntoView();
  }, [isThere]);
  return (
    <section ref={section} id="caps" className={classes.section} aria-labelledby="caps-heading">
      <h2 id="caps-heading">{t("caps.title")}</h2>
      <p className={classes.lead}>{t("caps.lead")}</p>
      {caps.isPending && <LoadingLine />}
      {caps.error !== null && <ProblemNotice error={caps.error} />}
      {caps.data !== undefined && <CapGroups caps={caps.data.caps} />}
    </section>
  );
}

interface Source {
  scope: string;
  name: string;
}

function CapGroups({ caps }: { caps: readonly Cap[] }) {
  const { t } = useTranslation();
  /** Workflows that were chosen here and have no cap yet. */
  const [added, setAdded] = useState<Source[]>([]);
  const scopes = [...new Set(caps.map(({ scope }) => scope))];
  const fresh = added.filter(({ scope }) => !scopes.includes(scope));
  const nameOf = (scope: string): string => {
    if (scope === "all") return t("caps.all");
    return caps.find((cap) => cap.scope === scope)?.name ?? t("caps.deleted", { scope });
  };
  return (
    <>
      {scopes.map((scope) => (
        <CapGroup
          key={scope}
          scope={scope}
          name={nameOf(scope)}
          caps={caps.filter((cap) => cap.scope === scope)}
        />
      ))}
      {fresh.map(({ scope, name }) => (
        <CapGroup key={scope} scope={scope} name={name} caps={[]} />
      ))}
      <AddWorkflow
        taken={[...scopes, ...fresh.map(({ scope }) => scope)]}
        onAdd={(source) => {
          setAdded([...added, source]);
        }}
      />
    </>
  );
}

/** Chooses a workflow or template that is to have caps of its own. */
function AddWorkflow({ taken, onAdd }: { taken: readonly string[]; onAdd: (source: Source) => void }) {
  const { t } = useTranslation();
  const templates = useTemplates();
  const workflows = useWorkflows();
  const saved = workflows.data?.pages.flatMap((page) => page.workflows) ?? [];
  const shipped = templates.data?.filter(({ workflow_id }) => workflow_id === null) ?? [];
  const sources: Source[] = [
    ...saved.map(({ id, name }) => ({ scope: `workflow:${id}`, name })),
    ...shipped.map(({ id, name }) => ({ scope: `template:${id}`, name })),
  ].filter(({ scope }) => !taken.includes(scope));
  if (sources.length === 0) return null;
  return (
    <NativeSelect
      className={capClasses.add}
      label={t("caps.add")}
      value=""
      data={[
        { value: "", label: t("caps.choose") },
        ...sources.map(({ scope, name }) => ({ value: scope, label: name })),
      ]}
      onChange={(event) => {
        const source = sources.find(({ scope }) => scope === event.currentTarget.value);
        if (source) onAdd(source);
      }}
    />
  );
}
