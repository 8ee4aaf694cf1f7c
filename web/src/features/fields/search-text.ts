/** A text as it is searched: without capitals and accents. */
export function foldedText(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word that is searched for stands somewhere in one of the texts. */
export function matchesSearch(search: string, texts: readonly string[]): boolean {
  const searched = foldedText(texts.join("\n"));
  return foldedText(search)
    .split(/\s+/)
    .every((word) => searched.includes(word));
}
