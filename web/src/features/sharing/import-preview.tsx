import { Button, Group } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import type { SharedWorkflow } from "../../../../src/workflow/shared-workflow.ts";
import { useEstimate, useProviders, useSaveWorkflow } from "../../api/queries.ts";
import type { Estimate, ProviderList } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MediumChain } from "../../components/medium.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toast.ts";
import { useLanguage } from "../../language.ts";
import { editorPath } from "../../paths.ts";
import { today } from "../../today.ts";
import { useFormat } from "../../use-format.ts";
import { emptyInputs } from "../editor/draft.ts";
import { checkDraft } from "../editor/problems.ts";
import classes from "./sharing.module.css";

interface ImportPreviewProps {
  workflow: SharedWorkflow;
  onBack: () => void;
  onClose: () => void;
}

/** What an imported workflow does, whom it calls and what a run costs at most, before it is saved. */
export function ImportPreview({ workflow, onBack, onClose }: ImportPreviewProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const providers = useProviders();
  const save = useSaveWorkflow();
  const { name, description, steps, inputs } = workflow;
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  const check = useMemo(
    () => (providers.data ? checkDraft({ steps, inputs, catalogue, language, today: today() }) : null),
    [providers.data, steps, inputs, catalogue, language],
  );
  const estimate = useEstimate(check?.isSound === true ? { steps, inputs: emptyInputs(inputs) } : null);
  if (check === null) {
    return providers.error === null ? <LoadingLine /> : <ProblemNotice error={providers.error} />;
  }
  const modalities = steps.map(({ step_number, ai_provider }) => ({
    step_number,
    modality: catalogue.resolve(ai_provider)?.modality ?? ("text" as const),
  }));
  const add = () => {
    save.mutate(
      { id: null, body: { name, description, steps, inputs } },
      {
        onSuccess: (saved) => {
          showToast(t("sharing.imported", { name }));
          onClose();
          navigate(editorPath({ workflow: saved.id }));
        },
      },
    );
  };
  return (
    <div className={classes.body}>
      <div>
        <h3 className={classes.name}>{name}</h3>
        {description !== "" && <p className={classes.lead}>{description}</p>}
      </div>
      <MediumChain steps={modalities} />
      <dl className={classes.facts}>
        <dt>{t("sharing.calls")}</dt>
        <dd>
          <Callees workflow={workflow} list={providers.data} catalogue={catalogue} />
        </dd>
        <dt>{t("sharing.inputs")}</dt>
        <dd>{[t("topic.label"), ...inputs.map(({ label }) => label)].join(", ")}</dd>
        <dt>{t("sharing.atMost")}</dt>
        <dd className="figures">
          <Highest estimate={estimate.data ?? null} />
        </dd>
      </dl>
      {check.problems.length > 0 && (
        <Notice kind="error" title={t("sharing.refused")}>
          <ul className={classes.problems}>
            {check.problems.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {check.warnings.map(({ path, message }) => (
        <Notice key={`${path} ${message}`} kind="warning">
          {message}
        </Notice>
      ))}
      {save.error !== null && <ProblemNotice error={save.error} />}
      <p className={classes.lead}>{t("sharing.nothingRuns")}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>
          {t("actions.back")}
        </Button>
        <Button disabled={!check.isSound} loading={save.isPending} onClick={add}>
          {t("sharing.add")}
        </Button>
      </Group>
    </div>
  );
}

interface CalleesProps {
  workflow: SharedWorkflow;
  list: ProviderList | undefined;
  catalogue: ModelCatalogue;
}

/** Each provider that is called, with the models, and whether it can be. */
function Callees({ workflow, list, catalogue }: CalleesProps) {
  const { t } = useTranslation();
  const models = new Set(
    workflow.steps.flatMap(({ ai_provider }) => catalogue.resolve(ai_provider)?.id ?? []),
  );
  const called = (list?.providers ?? []).flatMap((provider) => {
    const own = [...models].filter((id) => id.startsWith(`${provider.id}:`));
    return own.length === 0 ? [] : [{ provider, own: own.map((id) => id.slice(provider.id.length + 1)) }];
  });
  return (
    <ul className={classes.callees}>
      {called.map(({ provider, own }) => (
        <li key={provider.id}>
          <strong>{provider.name}</strong> {own.join(", ")}
          {provider.host !== null && <span className={classes.host}>{provider.host}</span>}
          {!provider.is_configured && <span className={classes.missing}>{t("sharing.noKey")}</span>}
        </li>
      ))}
    </ul>
  );
}

function Highest({ estimate }: { estimate: Estimate | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (estimate === null) {
    return <>–</>;
  }
  const { estimated_cost_high: high, estimated_cost_low: low } = estimate;
  if (high === null) {
    return <>{t("sharing.unknownPrice", { low: format.atLeast(low) })}</>;
  }
  const isAssumed = estimate.steps.some(({ certainty }) => certainty !== "exact");
  return <>{isAssumed ? t("sharing.about", { cost: format.atMost(high) }) : format.atMost(high)}</>;
}
