/**
 * PostgreSQL's text holds every character but U+0000, which people and models may write. It is stored as two characters
 * that nobody has a use for; the first of them, where somebody wrote it, as two as well.
 */
const ESCAPE = "\uE000";
const NUL = `${ESCAPE}\uE001`;
const ITSELF = `${ESCAPE}\uE002`;

export function toStoredText(text: string): string {
  return text.includes("\0") || text.includes(ESCAPE)
    ? text.replaceAll(ESCAPE, ITSELF).replaceAll("\0", NUL)
    : text;
}

export function fromStoredText(stored: string): string {
  return stored.includes(ESCAPE) ? stored.replaceAll(NUL, "\0").replaceAll(ITSELF, ESCAPE) : stored;
}
