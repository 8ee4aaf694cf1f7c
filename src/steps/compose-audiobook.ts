import { languageCode } from "../media/language-code.ts";
import path from "node:path";
import type { LocalText } from "../errors.ts";
import { audiobookProgramme } from "../media/audiobook-programme.ts";
import { renderSound } from "../media/render-sound.ts";
import type { Json } from "../workflow/values.ts";
import type { ComposeContext, Composed, ComposeRequest } from "./composer.ts";
import { fileName, firstLine, textOf } from "./given-text.ts";
import { measuredFiles } from "./measured-files.ts";
import { refuseUnwritten } from "./written-sound.ts";

const SAMPLE_RATE = 44_100;
/** What audiobook shops ask for: speech between -23 and -18 dB RMS, peaks under -3 dB. */
const LOUDNESS = { lufs: -18, truePeak: -3 };
const MEASURING_SHARE = 0.25;

/** Chapters' speech becomes an audiobook: an M4B with chapter marks, cover and metadata, and the same as an MP3. */
export async function composeAudiobook(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const files = await context.files(parameters["chapters"]);
  const titles = titlesOf(parameters["titles"]);
  const { signal } = context;
  const measured = await measuredFiles(
    files,
    { sampleRate: SAMPLE_RATE, needs: "sound", names: chapterName },
    { signal, onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE) },
  );
  const { programme, chapters } = audiobookProgramme(
    measured.map((spoken, index) => {
      // An item that failed left a hole: the titles of the others stay theirs.
      const number = files[index]?.item ?? index;
      return { spoken, title: titles[number] ?? untitled(number, textOf(parameters["language"])) };
    }),
    { sampleRate: SAMPLE_RATE, channelCount: measured.some(({ channelCount }) => channelCount > 1) ? 2 : 1 },
  );
  const [cover] = await context.files(parameters["cover"]);
  const title = firstLine(prompt) || firstLine(request.topic);
  const m4b = path.join(context.folder, "audiobook.m4b");
  const mp3 = path.join(context.folder, "audiobook.mp3");
  const rendered = await renderSound(
    {
      programme,
      chapters,
      loudness: LOUDNESS,
      files: [
        { path: m4b, format: "m4b" },
        { path: mp3, format: "mp3" },
      ],
      tags: {
        title,
        artist: firstLine(textOf(parameters["author"])),
        album: title,
        genre: "Audiobook",
        language: languageCode(textOf(parameters["language"])) ?? "",
        comment: "",
      },
      coverPath: cover?.path ?? null,
    },
    {
      signal,
      onProgress: (fraction) => context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE)),
    },
  );
  refuseUnwritten(rendered);
  return {
    medium: "audio",
    title,
    json: { title, chapters: chapters.map(({ title: name, start, end }) => ({ title: name, start, end })) },
    files: [
      { path: m4b, name: fileName(title, "audiobook", "m4b"), mediaType: "audio/mp4" },
      { path: mp3, name: fileName(title, "audiobook", "mp3"), mediaType: "audio/mpeg" },
    ],
  };
}

function untitled(number: number, language: string): string {
  return `${language.toLowerCase().startsWith("en") ? "Chapter" : "Chapitre"} ${number + 1}`;
}

function chapterName(index: number): LocalText {
  return { fr: `Le chapitre ${index + 1}`, en: `Chapter ${index + 1}` };
}

/** Titles from a list of texts or of objects that have one, or from a text with one a line. */
function titlesOf(value: Json | undefined): string[] {
  if (typeof value === "string")
    return value
      .split("\n")
      .map(firstLine)
      .filter((title) => title !== "");
  if (!Array.isArray(value)) return [];
  return value.map((entry) => {
    if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return firstLine(textOf(entry));
    return firstLine(textOf(entry["title"] ?? entry["name"] ?? entry["heading"]));
  });
}
