import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { LocalText } from "../errors.ts";
import { burnCaptions, type BurnProblem } from "../media/burn-captions.ts";
import { writeSrt, writeVtt } from "../media/caption-files.ts";
import { captionsOf, readingSpeedOf, type Caption } from "../media/captions.ts";
import { inspectFile } from "../media/inspect.ts";
import { inSequence, wordTimes, type WordTimes, type WordTimesOrigin } from "../media/word-times.ts";
import type { HeardText } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";
import {
  ComposeFailure,
  type Composed,
  type ComposeContext,
  type ComposedFile,
  type ComposeFile,
} from "./composer.ts";
import type { ComposeRequest } from "./composer.ts";
import { heardIn, textsIn } from "./heard-texts.ts";
import { spokenText } from "./spoken-text.ts";

/** Characters that a line takes, by the shape of the film. */
const LINE_OF_WIDE = 42;
const LINE_OF_SQUARE = 32;
const LINE_OF_TALL = 26;
/** Of the work, how much is left once the captions are written and are to be burnt in. */
const WRITTEN_SHARE = 0.05;

/**
 * Captions of speech as SubRip and WebVTT and, where `burn_into` names a film, as a film that shows them. The words are those
 * of `text`, else what a step has spoken, else what a transcript heard; their times are by the best that is known of them.
 */
export async function composeCaptions(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters } = request;
  const speech = await context.files(parameters["speech"]);
  const [film] = await context.files(parameters["burn_into"]);
  const recordings = await Promise.all(speech.map(recordingOf));
  const heard = heardIn(parameters["transcript"], await context.results());
  const { words, origin } = timesOf(recordings, {
    texts: textsIn(parameters["text"]).map(withoutMarks),
    heard,
  });
  const durationSeconds = recordings.reduce((sum, recording) => sum + recording.durationSeconds, 0);
  const charactersPerLine = await lineLength(parameters["characters_per_line"], film ?? speech[0]);
  const captions = captionsOf(words, { charactersPerLine, durationSeconds });
  const files = await written(captions, { folder: context.folder, name: fileName(request.prompt) });
  context.onProgress(WRITTEN_SHARE);
  const json = {
    captions: captions.length,
    words: words.length,
    word_times: origin,
    characters_per_line: charactersPerLine,
    characters_per_second: readingSpeedOf(captions),
  };
  if (!film) return { medium: "document", json, files };
  const burnt = await burntFilm(film, captions, { context, name: fileName(request.prompt) });
  return { medium: "video", json, files: [burnt, ...files] };
}

interface Recording {
  file: ComposeFile;
  durationSeconds: number;
}

async function recordingOf(file: ComposeFile, index: number): Promise<Recording> {
  const durationSeconds =
    file.durationSeconds ?? (await inspectFile({ path: file.path })).durationSeconds ?? 0;
  if (durationSeconds <= 0) throw new ComposeFailure(noLength(index));
  return { file, durationSeconds };
}

interface Known {
  /** One for all recordings, or one for each. */
  texts: (string | null)[];
  heard: (HeardText | null)[];
}

/** The words of all recordings, one after the other. Where several times are known in several ways, the weakest is named. */
function timesOf(recordings: readonly Recording[], { texts, heard }: Known): WordTimes {
  const lengths = recordings.map(({ durationSeconds }) => durationSeconds);
  const isOneText = texts.length === 1 && recordings.length > 1;
  const times = recordings.map(({ file, durationSeconds }, index) => {
    const place = file.item !== undefined && texts.length !== recordings.length ? file.item : index;
    const said = at(heard, heard.length === recordings.length ? index : (file.item ?? index));
    const text = (isOneText ? undefined : at(texts, place)) ?? file.spokenText ?? said?.text;
    return wordTimes({ words: file.words, transcriptWords: said?.words, spokenText: text, durationSeconds });
  });
  const words = inSequence(
    times.map((time) => time.words),
    lengths,
  );
  const origin = weakest(times.map((time) => time.origin));
  const [text] = texts;
  if (isOneText && typeof text === "string") {
    const durationSeconds = lengths.reduce((sum, length) => sum + length, 0);
    const whole = wordTimes({ words, spokenText: text, durationSeconds });
    return { words: whole.words, origin: whole.origin === "voice" ? origin : whole.origin };
  }
  const silent = times.findIndex((time) => time.words.length === 0);
  if (words.length === 0 || silent !== -1) throw new ComposeFailure(noWords(Math.max(0, silent)));
  return { words, origin };
}

function at<Entry>(list: readonly (Entry | null)[], index: number): Entry | undefined {
  return list[index] ?? undefined;
}

function weakest(origins: readonly WordTimesOrigin[]): WordTimesOrigin {
  if (origins.includes("spread")) return "spread";
  return origins.includes("transcript") ? "transcript" : "voice";
}

/** An author may write Markdown, of which a voice reads the words alone. */
function withoutMarks(text: string | null): string | null {
  return text === null ? null : spokenText(text);
}

async function lineLength(asked: Json | undefined, file: ComposeFile | undefined): Promise<number> {
  if (typeof asked === "number") return asked;
  if (file?.medium !== "video") return LINE_OF_WIDE;
  const { width = 16, height = 9 } = await inspectFile({ path: file.path });
  if (width > height * 1.1) return LINE_OF_WIDE;
  return height > width * 1.1 ? LINE_OF_TALL : LINE_OF_SQUARE;
}

async function written(
  captions: readonly Caption[],
  { folder, name }: { folder: string; name: string },
): Promise<ComposedFile[]> {
  const files = [
    { extension: "srt", mediaType: "application/x-subrip", content: writeSrt(captions) },
    { extension: "vtt", mediaType: "text/vtt", content: writeVtt(captions) },
  ];
  return await Promise.all(
    files.map(async ({ extension, mediaType, content }) => {
      const place = path.join(folder, `captions.${extension}`);
      await writeFile(place, content);
      return { path: place, name: `${name}.${extension}`, mediaType };
    }),
  );
}

async function burntFilm(
  film: ComposeFile,
  captions: Caption[],
  { context, name }: { context: ComposeContext; name: string },
): Promise<ComposedFile> {
  const { signal, folder } = context;
  const to = path.join(folder, "captions.mp4");
  const burnt = await burnCaptions(
    { from: film.path, to, captions },
    {
      signal,
      onProgress: (fraction) => context.onProgress(WRITTEN_SHARE + fraction * (1 - WRITTEN_SHARE)),
    },
  );
  if ("problem" in burnt) throw new ComposeFailure(BURN_FAILURES[burnt.problem]);
  return { path: to, name: `${name}.mp4` };
}

const MAX_NAME_CHARACTERS = 60;

/** The first line of the prompt as the name of a file. */
function fileName(prompt: string): string {
  const [line = ""] = prompt.trim().split("\n");
  const name = Array.from(line.toWellFormed().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")).slice(
    0,
    MAX_NAME_CHARACTERS,
  );
  return name.join("").replace(/^-+|-+$/g, "") || "captions";
}

function noLength(index: number): LocalText {
  return {
    fr: `La durée du fichier ${index + 1} de « speech » ne peut pas être lue : il est vide ou abîmé. Relancez l’étape qui le produit, ou remplacez-le.`,
    en: `The length of file ${index + 1} of “speech” cannot be read: it is empty or damaged. Run the step that makes it again, or replace it.`,
  };
}

function noWords(index: number): LocalText {
  return {
    fr: `Rien ne dit quelles paroles contient le fichier ${index + 1} de « speech ». Donnez-les dans « text », ou donnez à « transcript » le résultat d’une étape de transcription.`,
    en: `Nothing says which words are spoken in file ${index + 1} of “speech”. Give them as “text”, or give “transcript” the result of a transcript step.`,
  };
}

const BURN_FAILURES: Record<BurnProblem, LocalText> = {
  unreadable: {
    fr: "Le fichier de « burn_into » n’est pas une vidéo que Relais sait lire. Donnez-en une autre, par exemple en MP4.",
    en: "The file of “burn_into” is no video that Relais can read. Give another one, an MP4 for example.",
  },
  no_picture: {
    fr: "Le fichier de « burn_into » ne contient pas d’images animées. Donnez-lui une vidéo.",
    en: "The file of “burn_into” holds no moving pictures. Give it a video.",
  },
  too_large: {
    fr: "Les images de « burn_into » ont plus de 16 millions de pixels. Donnez une vidéo plus petite.",
    en: "The pictures of “burn_into” have more than 16 million pixels. Give a smaller video.",
  },
  damaged: {
    fr: "La vidéo de « burn_into » est abîmée : elle ne se laisse pas lire jusqu’au bout. Relancez l’étape qui la produit, ou remplacez-la.",
    en: "The video of “burn_into” is damaged: it cannot be read to its end. Run the step that makes it again, or replace it.",
  },
};
