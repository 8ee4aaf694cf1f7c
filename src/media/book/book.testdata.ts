import type { Book } from "./book.ts";

/** A small book, with what a test changes of it. */
export function testBook(changes: Partial<Book> = {}): Book {
  return {
    title: "Le gardien de l'aube",
    topic: "les phares",
    subtitle: "Une histoire de lumière",
    author: "Camille Dupré",
    language: "fr",
    description: "Un récit en deux chapitres.",
    pageSize: "A5",
    foreword: "À celles et ceux qui veillent.",
    chapters: [
      { title: "Le soir", markdown: "# Le soir\n\nIl faisait nuit.\n\n## La lampe\n\nElle brûlait." },
      { title: "", markdown: "# Le matin\n\nLe jour se lève." },
    ],
    pictures: [],
    coverPath: null,
    hasCoverTitle: true,
    sourceType: "algorithmicMedia",
    models: [],
    ...changes,
  };
}
