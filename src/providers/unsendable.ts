import type { LocalText } from "../errors.ts";
import { ProviderFailure } from "../workflow/ports.ts";

/** What a vendor would not take, known before anything is sent. Both parts are whole sentences. */
export function unsendable({ what, next }: { what: LocalText; next: LocalText }): ProviderFailure {
  return new ProviderFailure({
    code: "bad_request",
    billed: "no",
    detail: {
      fr: `${what.fr} Rien n’a été envoyé ni facturé. ${next.fr}`,
      en: `${what.en} Nothing was sent and nothing was billed. ${next.en}`,
    },
  });
}
