/**
 * The title of the chapter that a prompt asks for: what stands in quotation marks behind the word « chapitre » or “chapter”. Null where
 * none is named.
 */
export function chapterTitleIn(prompt: string): string | null {
  const named =
    /\b(?:chapitre|chapter)\b[^«“"\n.]{0,40}(?:«\s*([^»\n]{1,160}?)\s*»|[“"]([^”"\n]{1,160})[”"])/iu.exec(
      prompt,
    );
  return named?.[1] ?? named?.[2] ?? null;
}
