import { RelaisError, type LocalText } from "../errors.ts";
import type { FreeQuestion, KeyCheck } from "../providers/key-check.ts";
import type { FailureCode } from "../workflow/ports.ts";
import type { KeyTest } from "./key-schemas.ts";

/** What a test of a key says: whether the key is good, in words of our own. */
export function keyVerdict(
  check: KeyCheck,
  { provider, variable }: { provider: string; variable: string | null },
): { ok: KeyTest["ok"]; message: LocalText; checked: KeyTest["checked"] } {
  if (check.state === "impossible") return { ok: null, message: impossible(provider), checked: null };
  if (check.state === "accepted") {
    return { ok: true, message: accepted(provider, check.asked), checked: check.asked };
  }
  const message = (REASONS[check.code] ?? strangeAnswer)(provider, variable ?? "");
  return { ok: false, message, checked: check.asked };
}

const ASKED: Record<FreeQuestion, LocalText> = {
  models: { fr: "la liste de ses modèles", en: "its list of models" },
  account: { fr: "l’état du compte", en: "the state of the account" },
  voices: { fr: "la liste de ses voix", en: "its list of voices" },
  server: { fr: "ce que le serveur propose", en: "what the server offers" },
};

function accepted(provider: string, asked: FreeQuestion): LocalText {
  const what = ASKED[asked];
  if (asked === "server") {
    return {
      fr: `${provider} répond (demandé : ${what.fr}, sans rien lancer).`,
      en: `${provider} answers (asked for: ${what.en}; nothing was started).`,
    };
  }
  return {
    fr: `${provider} accepte la clé (demandé : ${what.fr}, gratuit). Le crédit du compte n’est pas vérifié.`,
    en: `${provider} accepts the key (asked for: ${what.en}, free). The credit of the account is not checked.`,
  };
}

function impossible(provider: string): LocalText {
  return {
    fr: `${provider} n’a pas de question dont la gratuité soit certaine : la clé ne peut pas être testée sans payer. Rien n’a été envoyé. Elle servira à la première exécution réelle.`,
    en: `${provider} has no question that is certain to be free: the key cannot be tested without paying. Nothing was sent. The first live run will use it.`,
  };
}

type Reason = (provider: string, variable: string) => LocalText;

const strangeAnswer: Reason = (provider) => ({
  fr: `${provider} a répondu autre chose que prévu. Rien n’a été dépensé. Vérifiez son adresse, si vous l’avez changée, ou réessayez plus tard.`,
  en: `${provider} answered something unexpected. Nothing was spent. Check its address, if you changed it, or try again later.`,
});

const REASONS: Partial<Record<FailureCode, Reason>> = {
  auth: (provider, variable) => ({
    fr: `${provider} refuse la clé. Rien n’a été dépensé. Copiez de nouveau la clé ${variable} en entier, et vérifiez qu’elle n’est ni révoquée ni limitée.`,
    en: `${provider} refuses the key. Nothing was spent. Copy the whole of ${variable} again, and check that it is neither revoked nor restricted.`,
  }),
  quota: (provider) => ({
    fr: `${provider} connaît la clé, mais le compte n’a plus de crédit. Rien n’a été dépensé. Rechargez le compte chez le fournisseur.`,
    en: `${provider} knows the key, but the account has no credit left. Nothing was spent. Top the account up with the vendor.`,
  }),
  rate_limited: (provider) => ({
    fr: `${provider} reçoit trop d’appels de ce compte pour l’instant. Rien n’a été dépensé. Réessayez dans une minute.`,
    en: `${provider} gets too many calls from this account for now. Nothing was spent. Try again in a minute.`,
  }),
  timeout: (provider) => ({
    fr: `${provider} n’a pas répondu à temps : la clé n’a pas pu être testée. Rien n’a été dépensé. Réessayez plus tard.`,
    en: `${provider} did not answer in time: the key could not be tested. Nothing was spent. Try again later.`,
  }),
  unavailable: (provider) => ({
    fr: `${provider} est injoignable ou en panne : la clé n’a pas pu être testée. Rien n’a été dépensé. Vérifiez le réseau de ce serveur, ou réessayez plus tard.`,
    en: `${provider} is out of reach or out of order: the key could not be tested. Nothing was spent. Check this server’s network, or try again later.`,
  }),
};

export function secretKeyMissing(): RelaisError {
  return new RelaisError("secret_key_missing", {
    fr: "RELAIS_SECRET_KEY n’est pas réglée : Relais n’a rien pour chiffrer la clé et ne l’a pas enregistrée. Créez ce secret une fois avec « npx relais secret » (ou « openssl rand -base64 32 »), donnez-le dans la variable RELAIS_SECRET_KEY et redémarrez Relais. Sinon, donnez la clé comme variable d’environnement.",
    en: "RELAIS_SECRET_KEY is not set: Relais has nothing to encrypt the key with and has not stored it. Make that secret once with “npx relais secret” (or “openssl rand -base64 32”), set it as the variable RELAIS_SECRET_KEY and restart Relais. Otherwise give the key as an environment variable.",
  });
}

export function setByEnvironment(variable: string): RelaisError {
  return new RelaisError("conflict", {
    fr: `${variable} est donnée par l’environnement du serveur, qui l’emporte : rien n’a été enregistré. Changez-la là-bas, ou retirez-la et redémarrez Relais pour la régler ici.`,
    en: `${variable} is set by the server’s environment, which wins: nothing was stored. Change it there, or take it out and restart Relais to set it here.`,
  });
}

export function unknownVariable(): RelaisError {
  return new RelaisError("not_found", {
    fr: "Aucun fournisseur n’a de clé de ce nom. Rien n’a été enregistré ; les noms sont dans GET /providers.",
    en: "No provider has a key of this name. Nothing was stored; the names are in GET /providers.",
  });
}

export function unknownProvider(): RelaisError {
  return new RelaisError("not_found", {
    fr: "Aucun fournisseur de ce nom n’est à régler. Rien n’a été envoyé ; les noms sont dans GET /providers.",
    en: "There is no provider of this name to set up. Nothing was sent; the names are in GET /providers.",
  });
}
