import type { LocalText } from "../errors.ts";
import type { FailureCode, ProviderFailure } from "../workflow/ports.ts";

interface FailureFacts {
  code: FailureCode;
  billed: ProviderFailure["billed"];
  isTransient: boolean;
  /** The vendor's name. */
  provider: string;
  keySetting: string | null;
  vendorMessage: string;
}

/** Says what happened, in the vendor's own words where it gave any, what it means for the money, and what to do next. */
export function failureSentence(facts: FailureFacts): LocalText {
  const what = (HAPPENED[facts.code] ?? UNUSABLE)(facts.provider);
  const money = MONEY[facts.billed];
  const next = whatNext(facts);
  // The sentence around the words ends with a full stop of its own.
  const words = facts.vendorMessage.replace(/(?<!\.)\.$/, "");
  const said =
    words === ""
      ? { fr: "", en: "" }
      : { fr: ` Il dit\u00a0: «\u00a0${words}\u00a0».`, en: ` It says: “${words}”.` };
  return {
    fr: `${what.fr}${said.fr} ${money.fr} ${next.fr}`,
    en: `${what.en}${said.en} ${money.en} ${next.en}`,
  };
}

const MONEY: Record<ProviderFailure["billed"], LocalText> = {
  no: { fr: "Rien n’a été facturé.", en: "Nothing was billed." },
  yes: { fr: "Cet appel a été facturé.", en: "This call was billed." },
  unknown: { fr: "Cet appel a peut-être été facturé.", en: "This call may have been billed." },
};

const UNUSABLE = (provider: string): LocalText => ({
  fr: `${provider} a répondu, mais sa réponse est inutilisable.`,
  en: `${provider} answered, but its answer cannot be used.`,
});

const HAPPENED: Partial<Record<FailureCode, (provider: string) => LocalText>> = {
  auth: (provider) => ({ fr: `${provider} refuse la clé.`, en: `${provider} refuses the key.` }),
  quota: (provider) => ({
    fr: `Votre crédit chez ${provider} est épuisé.`,
    en: `Your credit with ${provider} is used up.`,
  }),
  rate_limited: (provider) => ({
    fr: `${provider} reçoit trop d’appels de votre compte à la fois.`,
    en: `${provider} gets too many calls from your account at once.`,
  }),
  content_refused: (provider) => ({
    fr: `${provider} a refusé ce contenu.`,
    en: `${provider} declined this content.`,
  }),
  bad_request: (provider) => ({
    fr: `${provider} n’a pas accepté cette demande.`,
    en: `${provider} did not accept this request.`,
  }),
  unavailable: (provider) => ({
    fr: `${provider} est injoignable ou en panne.`,
    en: `${provider} is out of reach or out of order.`,
  }),
  timeout: (provider) => ({
    fr: `${provider} n’a pas répondu à temps.`,
    en: `${provider} did not answer in time.`,
  }),
  cancelled: (provider) => ({
    fr: `L’appel à ${provider} a été interrompu.`,
    en: `The call to ${provider} was stopped.`,
  }),
};

const CHANGE: LocalText = {
  fr: "Changez l’étape ou choisissez un autre modèle, puis relancez.",
  en: "Change the step or choose another model, then try again.",
};

const NEXT: Partial<Record<FailureCode, LocalText>> = {
  quota: { fr: "Rechargez votre compte, puis relancez.", en: "Top up your account, then try again." },
  content_refused: { fr: "Reformulez l’étape, puis relancez.", en: "Reword the step, then try again." },
  unavailable: {
    fr: "Vérifiez l’adresse dans vos réglages, puis relancez.",
    en: "Check the address in your settings, then try again.",
  },
};

function whatNext({ code, billed, isTransient, provider, keySetting }: FailureFacts): LocalText {
  if (billed === "unknown") {
    return {
      fr: `Vérifiez votre consommation chez ${provider} avant de relancer.`,
      en: `Check your usage with ${provider} before you try again.`,
    };
  }
  if (isTransient) return { fr: "Réessayez dans un moment.", en: "Try again in a moment." };
  if (code === "auth" && keySetting !== null) {
    return { fr: `Vérifiez ${keySetting}, puis relancez.`, en: `Check ${keySetting}, then try again.` };
  }
  return NEXT[code] ?? CHANGE;
}
