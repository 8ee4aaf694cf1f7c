import type { StoredFailure } from "../db/stored-values.ts";
import { messageOf, type LocalText } from "../errors.ts";
import { ProviderFailure, StepFailure } from "../workflow/ports.ts";

/** The process ended between sending a call and learning its answer. */
export function lostAnswer(): StoredFailure {
  return {
    code: "unknown",
    message: {
      fr: "Relais s’est arrêté pendant cet appel et n’en connaît pas la réponse : il peut avoir été facturé. Vérifiez chez le fournisseur, puis relancez l’appel ou renoncez-y.",
      en: "Relais stopped during this call and does not know its answer: it may have been billed. Check with the provider, then call again or give up.",
    },
  };
}

export function timedOut(seconds: number): StoredFailure {
  return {
    code: "timeout",
    message: {
      fr: `Aucune réponse après ${seconds} s. L’appel peut avoir été facturé. Relancez-le, ou renoncez-y ; « timeout_seconds » règle cette durée.`,
      en: `No answer after ${seconds} s. The call may have been billed. Call again, or give up; "timeout_seconds" sets this time.`,
    },
  };
}

/** A job that was submitted cannot be asked about as things are set now. */
export function notAskable({ code, what }: StepFailure): StoredFailure {
  return {
    code,
    message: {
      fr: `${what.fr} Relais ne peut donc pas demander ce qu’est devenue la tâche déjà envoyée, qui a peut-être été facturée. Corrigez ce point puis relancez : elle sera redemandée, pas achetée une seconde fois. Ou renoncez-y.`,
      en: `${what.en} So Relais cannot ask what became of the job that was already sent, which may have been billed. Set this right, then call again: the same job is asked about and not bought a second time. Or give up.`,
    },
  };
}

export function unpriced(model: string): StoredFailure {
  return {
    code: "invalid_step",
    message: {
      fr: `Le prix de ${model} n’est pas connu, et il y a un plafond à tenir : l’appel n’est pas parti et rien n’a été facturé. Choisissez un modèle dont le prix est connu, ou autorisez les prix inconnus.`,
      en: `The price of ${model} is not known, and there is a cap to hold: the call did not leave and nothing was billed. Choose a model with a known price, or allow unknown prices.`,
    },
  };
}

/** A step that runs once per item, some of which have failed. */
export function itemsFailed(options: {
  failed: number;
  total: number;
  first: { item: number; error: StoredFailure | null } | undefined;
}): StoredFailure {
  const { failed, total, first } = options;
  if (!first?.error) {
    return {
      code: "invalid_step",
      message: {
        fr: `Aucun des ${total} éléments de la liste n’a rien donné. Vérifiez l’étape d’où vient la liste, puis relancez.`,
        en: `None of the ${total} items of the list gave anything. Check the step that the list comes from, then run it again.`,
      },
    };
  }
  const { fr, en } = first.error.message;
  const others: LocalText =
    failed === total
      ? { fr: "", en: "" }
      : { fr: " Les résultats des autres sont conservés.", en: " The results of the others are kept." };
  return {
    code: first.error.code,
    message: {
      fr: `${failed} élément${failed === 1 ? "" : "s"} sur ${total} en échec.${others.fr} Le premier, n°\u00a0${first.item + 1} : ${fr}`,
      en: `${failed} of ${total} items failed.${others.en} The first, no. ${first.item + 1}: ${en}`,
    },
  };
}

export function gaveUp(): StoredFailure {
  return {
    code: "gave_up",
    message: {
      fr: "Vous avez renoncé à cette étape. Ce que l’appel a pu coûter reste compté comme incertain.",
      en: "You gave up on this step. What the call may have cost stays counted as uncertain.",
    },
  };
}

/** A step that waited for a cap: its call never left. */
export function gaveUpForCap(): StoredFailure {
  return {
    code: "gave_up",
    message: {
      fr: "Vous avez renoncé à cette étape, qui attendait un plafond. L’appel n’est pas parti et rien n’a été facturé.",
      en: "You gave up on this step, which waited for a cap. The call did not leave and nothing was billed.",
    },
  };
}

export function rejected(): StoredFailure {
  return {
    code: "rejected",
    message: {
      fr: "Vous avez refusé ce résultat. Il reste visible, et ce qu’il a coûté reste compté\u202f; rien de plus n’a été envoyé.",
      en: "You rejected this result. It stays visible, and what it cost stays counted; nothing more was sent.",
    },
  };
}

export function approvalExpired(): StoredFailure {
  return {
    code: "approval_expired",
    message: {
      fr: "Personne n’a répondu dans le délai prévu, ce qui vaut refus. Le résultat reste visible, et ce qu’il a coûté reste compté\u202f; rien de plus n’a été envoyé.",
      en: "Nobody answered within the time set, which counts as a no. The result stays visible, and what it cost stays counted; nothing more was sent.",
    },
  };
}

export function cancelled(): StoredFailure {
  return {
    code: "cancelled",
    message: {
      fr: "L’appel a été interrompu par l’annulation. Ce qui était déjà écrit peut être facturé.",
      en: "The call was interrupted by the cancellation. What was already written may be billed.",
    },
  };
}

/** A failure as it is stored, from whatever was thrown. */
export function storedFailure(error: unknown): StoredFailure {
  if (error instanceof ProviderFailure || error instanceof StepFailure) {
    return { code: error.code, message: error.detail };
  }
  return { code: "unknown", message: unexpected(firstLineOf(messageOf(error))) };
}

/** A sentence for a person holds no stack trace, which starts on the second line. */
function firstLineOf(message: string): string {
  return (message.split("\n", 1)[0] ?? "").slice(0, 300);
}

function unexpected(message: string): LocalText {
  return {
    fr: `Erreur inattendue : ${message}. Les résultats déjà obtenus sont conservés.`,
    en: `Unexpected error: ${message}. Results so far are kept.`,
  };
}
