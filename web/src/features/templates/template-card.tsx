import { Button } from "@mantine/core";
import { IconClock, IconCoin, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Template } from "../../api/types.ts";
import { MediumChain } from "../../components/medium.tsx";
import { useFormat } from "../../use-format.ts";
import { FormAndBatchMenu } from "./form-and-batch-menu.tsx";
import classes from "./templates.module.css";

interface TemplateCardProps {
  template: Template;
  useHref: string;
  isStarting: boolean;
  onRehearse: () => void;
}

export function TemplateCard({ template, useHref, isStarting, onRehearse }: TemplateCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isFloor = template.estimated_cost === null && template.estimated_cost_low !== null;
  const cost = isFloor
    ? format.cost(template.estimated_cost_low, "unknown")
    : format.cost(template.estimated_cost, template.cost_basis === "free" ? "free" : "estimated");
  // One that a person made is a workflow of theirs.
  const stored =
    template.workflow_id === null ? { template: template.id } : { workflow: template.workflow_id };
  return (
    <article className={classes.card}>
      <div className={classes.cardBody}>
        <h3 className={classes.cardTitle}>
          <Link href={useHref} className={classes.cardLink}>
            {template.name}
          </Link>
        </h3>
        <p className={classes.promise}>{template.description}</p>
        <MediumChain steps={template.step_models} />
      </div>
      <div className={classes.cardSide}>
        <dl className={classes.facts}>
          <div>
            <dt>
              <IconCoin size={18} stroke={1.6} aria-hidden />
              <span className="visually-hidden">{t("templates.cost")}</span>
            </dt>
            <dd className="figures">{cost}</dd>
          </div>
          <div>
            <dt>
              <IconClock size={18} stroke={1.6} aria-hidden />
              <span className="visually-hidden">{t("templates.time")}</span>
            </dt>
            <dd className="figures">
              {format.secondsRange(template.estimated_seconds_low, template.estimated_seconds_high)}
            </dd>
          </div>
        </dl>
        <div className={classes.cardButtons}>
          <Button
            component={Link}
            href={useHref}
            aria-label={t("templates.useNamed", { name: template.name })}
          >
            {t("templates.use")}
          </Button>
          <Button
            variant="default"
            disabled={isStarting}
            aria-label={t("templates.rehearseNamed", { name: template.name })}
            onClick={onRehearse}
          >
            {t("templates.rehearse")}
          </Button>
          <FormAndBatchMenu name={template.name} target={stored} />
        </div>
        <Readiness template={template} />
      </div>
    </article>
  );
}

/** What still keeps a live run of this template from starting; nothing where it can start. */
function Readiness({ template }: { template: Template }) {
  const { t } = useTranslation();
  if (template.missing_settings.length === 0) {
    return null;
  }
  return (
    <p className={classes.readiness}>
      <IconKey size={16} stroke={1.6} aria-hidden />
      {t("templates.missingKeys", { count: template.missing_settings.length })}
    </p>
  );
}
