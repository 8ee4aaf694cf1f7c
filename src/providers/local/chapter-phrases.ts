/** A chapter of a book about anything, with the blanks of `Phrases`. */
export interface ChapterPhrases {
  title: string;
  /** What an outline says of it. */
  summary: string;
  opening: string;
  sections: readonly { heading: string; paragraphs: readonly string[] }[];
  closing: string;
}
