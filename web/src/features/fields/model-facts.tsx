import { IconCircleCheck, IconHome, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Medium } from "../../../../src/workflow/media.ts";
import { today } from "../../today.ts";
import { useFormat } from "../../use-format.ts";
import type { Choice } from "../editor/model-choices.ts";
import classes from "./fields.module.css";

type Price = NonNullable<Choice["price"]>;

/** What a model costs, in words; unknown is said and never 0. */
export function usePriceWords(): (price: Price) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (price) => {
    if (price.basis === "free") {
      return t("fields.price.free");
    }
    if (price.usd === null) {
      return t("fields.price.unknown");
    }
    const about = price.basis === "estimated" ? "≈ " : "";
    return price.unit === "million_tokens"
      ? t("fields.price.million_tokens", {
          input: about + format.money(price.usd),
          output: about + format.money(price.output_usd),
        })
      : t(`fields.price.${price.unit}`, { amount: about + format.money(price.usd) });
  };
}

/** Whether a model can be called now, in words. */
export function useKeyWords(): (
  choice: Pick<Choice, "missing" | "missingSettings" | "isLocal" | "isTrial">,
) => string {
  const { t } = useTranslation();
  return ({ missing, missingSettings, isLocal, isTrial }) => {
    if (missing !== null) {
      return t("fields.model.missing", { setting: missingSettings.join(", ") });
    }
    if (isTrial) {
      return t("fields.model.trial");
    }
    return t(isLocal ? "fields.model.local" : "fields.model.keySet");
  };
}

/** When a model goes or went; null where it stays. */
export function useEndWords(): (
  choice: Pick<Choice, "isGone" | "shutdownDate" | "replacement">,
) => string | null {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ isGone, shutdownDate: end, replacement }) => {
    if (isGone) {
      const gone =
        end === null ? t("fields.model.goneEarlier") : t("fields.model.goneOn", { date: format.day(end) });
      const instead =
        replacement === null
          ? t("fields.model.nothingInstead")
          : t("fields.model.replacedBy", { model: replacement });
      return `${gone} · ${instead}`;
    }
    if (end === null) {
      return null;
    }
    const date = format.day(end);
    return end > today() ? t("editor.endsOn", { date }) : t("editor.wasToEndOn", { date });
  };
}

/** What a model takes beside its prompt; null where that is nothing. */
export function useTakesWords(): (choice: Pick<Choice, "takes">) => string | null {
  const { t } = useTranslation();
  return ({ takes }) => {
    const media = takes.filter(isNamedMedium).map((medium) => t(`fields.model.media.${medium}`));
    return media.length === 0 ? null : t("fields.model.takes", { media: media.join(", ") });
  };
}

const NAMED: ReadonlySet<string> = new Set<Medium>(["text", "json", "image", "audio", "video", "document"]);

function isNamedMedium(name: string): name is Medium {
  return NAMED.has(name);
}

/** What is worth knowing of the model that is chosen: its price, what it takes, whether it can be called. */
export function ModelFacts({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const price = usePriceWords();
  const key = useKeyWords();
  const ends = useEndWords();
  const takes = useTakesWords();
  const facts = [choice.price === null ? null : price(choice.price), takes(choice), ends(choice)];
  const State = choice.missing !== null ? IconKey : choice.isLocal ? IconHome : IconCircleCheck;
  return (
    <span className={classes.facts}>
      {facts
        .filter((fact) => fact !== null)
        .map((fact) => (
          <span key={fact} className="figures">
            {fact}
          </span>
        ))}
      <span className={classes.fact} data-missing={choice.missing !== null}>
        <State size={15} stroke={1.75} aria-hidden />
        {key(choice)}
      </span>
      {choice.missing !== null && (
        <Link href="/combinations/settings" className={classes.factLink}>
          {t("fields.model.setKey")}
        </Link>
      )}
    </span>
  );
}
