import type { BookLanguage } from "./book.ts";

const NO_BREAK = "\u00a0";
/** What French sets before `;`, `!` and `?`. */
const NARROW = "\u202f";

/** What Relais itself says in a book. `{title}`, `{models}` and `{characters}` are filled in. */
export interface BookWords {
  chapter: string;
  contents: string;
  cover: string;
  coverPicture: string;
  chapterPicture: string;
  beginning: string;
  landmarks: string;
  foreword: string;
  about: string;
  quiz: string;
  answers: string;
  madeByModels: string;
  madeLocally: string;
  madeByBoth: string;
  typesetBy: string;
  /** Which characters the fonts of the PDF cannot draw. */
  missingCharacters: string;
  accessibility: string;
}

export const BOOK_WORDS: Record<BookLanguage, BookWords> = {
  fr: {
    chapter: "Chapitre",
    contents: "Table des matières",
    cover: "Couverture",
    coverPicture: `Couverture${NO_BREAK}: {title}`,
    chapterPicture: `Illustration du chapitre «${NO_BREAK}{title}${NO_BREAK}»`,
    beginning: "Début du texte",
    landmarks: "Repères",
    foreword: "Avant-propos",
    about: "À propos de ce livre",
    quiz: "Quiz",
    answers: "Réponses",
    madeByModels: `Textes et images de ce livre ont été créés avec des modèles d’intelligence artificielle${NO_BREAK}: {models}.`,
    madeLocally:
      "Textes et images de ce livre ont été composés localement, par des programmes, sans modèle d’intelligence artificielle.",
    madeByBoth: `Textes et images de ce livre ont été créés en partie avec des modèles d’intelligence artificielle${NO_BREAK}: {models}.`,
    typesetBy: "Mise en page par Relais.",
    missingCharacters: `Caractères que les polices de ce PDF ne savent pas dessiner${NO_BREAK}: {characters}.`,
    accessibility: `Texte structuré avec table des matières et titres${NARROW}; les images portent une description. Livre lisible à voix haute.`,
  },
  en: {
    chapter: "Chapter",
    contents: "Contents",
    cover: "Cover",
    coverPicture: "Cover: {title}",
    chapterPicture: "Illustration of the chapter “{title}”",
    beginning: "Start of the text",
    landmarks: "Landmarks",
    foreword: "Foreword",
    about: "About this book",
    quiz: "Quiz",
    answers: "Answers",
    madeByModels:
      "Texts and pictures of this book were created with artificial intelligence models: {models}.",
    madeLocally:
      "Texts and pictures of this book were composed locally, by programs, without an artificial intelligence model.",
    madeByBoth:
      "Texts and pictures of this book were created in part with artificial intelligence models: {models}.",
    typesetBy: "Typeset by Relais.",
    missingCharacters: "Characters that the fonts of this PDF cannot draw: {characters}.",
    accessibility:
      "Structured text with a table of contents and headings; pictures have a description. The book can be read aloud.",
  },
  es: {
    chapter: "Capítulo",
    contents: "Índice",
    cover: "Cubierta",
    coverPicture: "Cubierta: {title}",
    chapterPicture: "Ilustración del capítulo «{title}»",
    beginning: "Comienzo del texto",
    landmarks: "Referencias",
    foreword: "Prólogo",
    about: "Acerca de este libro",
    quiz: "Cuestionario",
    answers: "Respuestas",
    madeByModels:
      "Los textos y las imágenes de este libro se crearon con modelos de inteligencia artificial: {models}.",
    madeLocally:
      "Los textos y las imágenes de este libro se compusieron localmente, con programas, sin ningún modelo de inteligencia artificial.",
    madeByBoth:
      "Los textos y las imágenes de este libro se crearon en parte con modelos de inteligencia artificial: {models}.",
    typesetBy: "Maquetado por Relais.",
    missingCharacters: "Caracteres que las fuentes de este PDF no pueden dibujar: {characters}.",
    accessibility:
      "Texto estructurado con índice y títulos; las imágenes llevan una descripción. El libro se puede leer en voz alta.",
  },
  de: {
    chapter: "Kapitel",
    contents: "Inhalt",
    cover: "Umschlag",
    coverPicture: "Umschlag: {title}",
    chapterPicture: "Illustration zum Kapitel „{title}“",
    beginning: "Beginn des Textes",
    landmarks: "Orientierung",
    foreword: "Vorwort",
    about: "Über dieses Buch",
    quiz: "Quiz",
    answers: "Antworten",
    madeByModels:
      "Texte und Bilder dieses Buches wurden mit Modellen künstlicher Intelligenz erstellt: {models}.",
    madeLocally:
      "Texte und Bilder dieses Buches wurden lokal von Programmen erstellt, ohne ein Modell künstlicher Intelligenz.",
    madeByBoth:
      "Texte und Bilder dieses Buches wurden zum Teil mit Modellen künstlicher Intelligenz erstellt: {models}.",
    typesetBy: "Gesetzt mit Relais.",
    missingCharacters: "Zeichen, die die Schriften dieser PDF-Datei nicht darstellen können: {characters}.",
    accessibility:
      "Gegliederter Text mit Inhaltsverzeichnis und Überschriften; Bilder haben eine Beschreibung. Das Buch kann vorgelesen werden.",
  },
  it: {
    chapter: "Capitolo",
    contents: "Indice",
    cover: "Copertina",
    coverPicture: "Copertina: {title}",
    chapterPicture: "Illustrazione del capitolo «{title}»",
    beginning: "Inizio del testo",
    landmarks: "Riferimenti",
    foreword: "Premessa",
    about: "Informazioni su questo libro",
    quiz: "Quiz",
    answers: "Risposte",
    madeByModels:
      "I testi e le immagini di questo libro sono stati creati con modelli di intelligenza artificiale: {models}.",
    madeLocally:
      "I testi e le immagini di questo libro sono stati composti localmente, da programmi, senza alcun modello di intelligenza artificiale.",
    madeByBoth:
      "I testi e le immagini di questo libro sono stati creati in parte con modelli di intelligenza artificiale: {models}.",
    typesetBy: "Impaginato con Relais.",
    missingCharacters: "Caratteri che i font di questo PDF non possono disegnare: {characters}.",
    accessibility:
      "Testo strutturato con indice e titoli; le immagini hanno una descrizione. Il libro può essere letto ad alta voce.",
  },
  pt: {
    chapter: "Capítulo",
    contents: "Índice",
    cover: "Capa",
    coverPicture: "Capa: {title}",
    chapterPicture: "Ilustração do capítulo «{title}»",
    beginning: "Início do texto",
    landmarks: "Referências",
    foreword: "Prefácio",
    about: "Sobre este livro",
    quiz: "Questionário",
    answers: "Respostas",
    madeByModels:
      "Os textos e as imagens deste livro foram criados com modelos de inteligência artificial: {models}.",
    madeLocally:
      "Os textos e as imagens deste livro foram compostos localmente, por programas, sem nenhum modelo de inteligência artificial.",
    madeByBoth:
      "Os textos e as imagens deste livro foram criados em parte com modelos de inteligência artificial: {models}.",
    typesetBy: "Paginado com Relais.",
    missingCharacters: "Caracteres que as fontes deste PDF não conseguem desenhar: {characters}.",
    accessibility:
      "Texto estruturado com índice e títulos; as imagens têm uma descrição. O livro pode ser lido em voz alta.",
  },
};

/** The sentence with its blanks filled in; what is put in is not looked through again. */
export function fillWords(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (blank, name: string) => values[name] ?? blank);
}
