/** A half of a pair of keys that is shorter would take ordinary words out of a sentence. */
const MIN_HALF_CHARACTERS = 4;

/**
 * How a secret may come back in a text: as it is, in an address or in a header; and each half of a pair `a:b`. The longest
 * first.
 */
export function secretForms(secret: string): string[] {
  const halves = secret.split(/:(.*)/s).filter((half) => half.length >= MIN_HALF_CHARACTERS);
  const forms = [secret, ...halves]
    .filter((part) => part !== "")
    .flatMap((part) => {
      const inAddress = encodeURIComponent(part);
      const base64 = Buffer.from(part).toString("base64").replace(/=+$/, "");
      const inLowerCase = inAddress.replace(/%../g, (code) => code.toLowerCase());
      return [part, inAddress, inLowerCase, base64, base64.replaceAll("+", "-").replaceAll("/", "_")];
    });
  return [...new Set(forms)].toSorted((one, other) => other.length - one.length);
}
