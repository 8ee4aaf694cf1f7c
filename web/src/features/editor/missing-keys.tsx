import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { alternativesTo, type OfferedModel } from "../../../../src/workflow/alternatives.ts";
import { useProviders } from "../../api/queries.ts";
import type { ProviderList } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import { Notice } from "../../components/notice.tsx";
import { offeredModels } from "../fields/offered-models.ts";
import { today } from "../../today.ts";
import { useFormat } from "../../use-format.ts";
import type { DraftStep } from "./draft.ts";
import classes from "./editor.module.css";

interface MissingKeysProps {
  steps: readonly DraftStep[];
  /** Gives a step another model. */
  onReplace: (step: DraftStep, aiProvider: string) => void;
}

/** Says which variables a live run still needs, before anybody presses Run, and offers other models in one click. */
export function MissingKeys({ steps, onReplace }: MissingKeysProps) {
  const { t } = useTranslation();
  const list = useProviders().data;
  const settings = missingSettings(steps, list);
  if (settings.length === 0) {
    return null;
  }
  const offers = offersFor(steps, list);
  return (
    <Notice kind="key" title={t("keys.title")} actions={<GiveKey />}>
      <Needs settings={settings} />
      {offers.length > 0 && (
        <ul className={classes.offers}>
          {offers.map(({ step, number, models }) => (
            <li key={step.key}>
              <span>{t("keys.offer", { number })}</span>
              {models.map((model) => (
                <OfferButton
                  key={model.id}
                  model={model}
                  number={number}
                  onTake={() => {
                    onReplace(step, model.id);
                  }}
                />
              ))}
            </li>
          ))}
        </ul>
      )}
      <p>{t("keys.rehearse")}</p>
    </Notice>
  );
}

function GiveKey() {
  const { t } = useTranslation();
  return (
    <Button component={Link} href="/combinations/settings#keys" variant="default">
      {t("keys.openSettings")}
    </Button>
  );
}

interface OfferButtonProps {
  model: OfferedModel;
  /** Of the step. */
  number: number;
  onTake: () => void;
}

/** Takes one model; says the day where it is about to shut down. */
function OfferButton({ model: { id, shutdown_date: end }, number, onTake }: OfferButtonProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = end === null ? id : `${id} (${t("keys.until", { date: format.day(end) })})`;
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t("keys.takeFor", { number, model: label })}
      onClick={onTake}
    >
      {label}
    </Button>
  );
}

interface KeyRefusalProps {
  steps: readonly DraftStep[];
  /** The server's words, for what the page cannot tell from the providers that it knows. */
  fallback: string;
  actions: ReactNode;
}

/** The refusal of a live run for want of a key, and the rehearsal in its place. */
export function KeyRefusal({ steps, fallback, actions }: KeyRefusalProps) {
  const { t } = useTranslation();
  const settings = missingSettings(steps, useProviders().data);
  const isKnown = settings.length > 0;
  return (
    <Notice kind="error" title={t("keys.title")} actions={actions}>
      {isKnown ? <Needs settings={settings} /> : <p>{fallback}</p>}
      <p>
        {isKnown && t("keys.nothingSpent")} {t("keys.rehearse")}
      </p>
    </Notice>
  );
}

function Needs({ settings }: { settings: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <p>
      {t("keys.missing", { count: settings.length })}{" "}
      {settings.map((setting, index) => (
        <span key={setting}>
          {index > 0 && ", "}
          <code>{setting}</code>
        </span>
      ))}
      .
    </p>
  );
}

/** Whether a live run would be refused for want of a key, as far as it is known. */
export function useIsLiveRefused(steps: readonly DraftStep[]): boolean {
  return missingSettings(steps, useProviders().data).length > 0;
}

interface Offer {
  step: DraftStep;
  number: number;
  models: OfferedModel[];
}

/** Models to take for steps whose own are not set up. */
function offersFor(steps: readonly DraftStep[], list: ProviderList | undefined): Offer[] {
  if (list === undefined) {
    return [];
  }
  const offered = offeredModels(list);
  const catalogue = catalogueOf(list);
  return steps.flatMap((step, index): Offer[] => {
    const model = catalogue.resolve(step.ai_provider);
    const provider = list.providers.find(({ id }) => id === model?.provider);
    if (model === undefined || provider === undefined || provider.is_configured) {
      return [];
    }
    const isStandIn = catalogue.family(step.ai_provider)?.standing === "stand_in";
    const models = alternativesTo(
      {
        provider: provider.id,
        modality: model.modality,
        isOfGateway: provider.kind === "gateway" || isStandIn,
      },
      offered,
      { today: today() },
    );
    return models.length === 0 ? [] : [{ step, number: index + 1, models }];
  });
}

/** Names of the variables that a live run still needs, each once; none before the list is there. */
function missingSettings(steps: readonly DraftStep[], list: ProviderList | undefined): string[] {
  const settings = steps.flatMap((step) => {
    const model = list?.families.find((family) => family.id === step.ai_provider)?.model ?? step.ai_provider;
    const provider = list?.providers.find((each) => each.id === model.split(":")[0]);
    return provider?.missing_settings ?? [];
  });
  return [...new Set(settings)];
}
