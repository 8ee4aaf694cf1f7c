import { writeFile } from "node:fs/promises";
import path from "node:path";
import { podcastProgramme } from "../media/podcast-programme.ts";
import { renderSound } from "../media/render-sound.ts";
import type { Json } from "../workflow/values.ts";
import {
  ComposeFailure,
  type ComposeContext,
  type Composed,
  type ComposeFile,
  type ComposeRequest,
} from "./composer.ts";
import { fileName, firstLine, languageCode, numberOf, textOf } from "./given-text.ts";
import { measuredFiles } from "./measured-files.ts";
import {
  scriptLines,
  speakerNames,
  type TimedLine,
  transcriptText,
  transcriptVtt,
  turnsOf,
} from "./podcast-script.ts";

const SAMPLE_RATE = 44_100;
const LOUDNESS = { lufs: -16, truePeak: -1 };
const MEASURING_SHARE = 0.3;
const DEFAULT_PAUSE_SECONDS = 0.45;

interface VoicedFile extends ComposeFile {
  /** Which of the voices says it. */
  voice: number;
  /** Its place in the whole dialogue, those that are missing counted. */
  place: number;
}

/** Lines spoken by two or more voices become an episode: an MP3 with its jingle, and a transcript with times. */
export async function composePodcast(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const { signal } = context;
  const script = scriptLines(parameters["script"]);
  const lines = await linesInTurn(parameters["lines"], context);
  const [jingle] = await context.files(parameters["jingle"]);
  const [cover] = await context.files(parameters["cover"]);
  const names = (index: number) =>
    index < lines.length
      ? {
          fr: `La réplique ${(lines[index]?.place ?? index) + 1}`,
          en: `Line ${(lines[index]?.place ?? index) + 1}`,
        }
      : { fr: "Le jingle", en: "The jingle" };
  const measured = await measuredFiles(
    [...lines, ...(jingle ? [jingle] : [])],
    { sampleRate: SAMPLE_RATE, needs: "sound", names },
    { signal, onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE) },
  );
  const speakers = speakerNames(parameters["speakers"]);
  const said = lines.map(({ voice, place }) => {
    const { speaker = "", text = "" } = script[place] ?? {};
    return { speaker: speakers[voice] || speaker || String(voice + 1), text };
  });
  const { programme, times } = podcastProgramme(
    {
      lines: measured
        .slice(0, lines.length)
        .map((spoken, index) => ({ spoken, speaker: said[index]?.speaker ?? "" })),
      jingle: jingle ? (measured.at(-1) ?? null) : null,
      pauseSeconds: numberOf(parameters["pause"], DEFAULT_PAUSE_SECONDS),
    },
    { sampleRate: SAMPLE_RATE, channelCount: measured.some(({ channelCount }) => channelCount > 1) ? 2 : 1 },
  );
  const transcript = said.map((line, index): TimedLine => ({ ...line, start: 0, end: 0, ...times[index] }));
  const title = firstLine(prompt) || firstLine(request.topic);
  const mp3 = path.join(context.folder, "podcast.mp3");
  const rendered = await renderSound(
    {
      programme,
      chapters: [],
      loudness: LOUDNESS,
      files: [{ path: mp3, format: "mp3" }],
      tags: {
        title,
        artist:
          firstLine(textOf(parameters["author"])) ||
          [...new Set(said.map(({ speaker }) => speaker))].join(", "),
        album: firstLine(textOf(parameters["show"])) || title,
        genre: "Podcast",
        language: languageCode(textOf(parameters["language"])),
        comment: "",
      },
      coverPath: cover?.path ?? null,
    },
    {
      signal,
      onProgress: (fraction) => context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE)),
    },
  );
  if (rendered.lufs === null) throw silent();
  const vtt = path.join(context.folder, "podcast.vtt");
  await writeFile(vtt, transcriptVtt(transcript));
  return {
    medium: "audio",
    text: transcriptText(transcript),
    json: { title, lines: transcript.map((line) => ({ ...line })) },
    files: [
      { path: mp3, name: fileName(title, "podcast", "mp3"), mediaType: "audio/mpeg" },
      { path: vtt, name: fileName(title, "podcast", "vtt"), mediaType: "text/vtt" },
    ],
  };
}

/** The files in the order in which they are heard. */
async function linesInTurn(parameter: Json | undefined, context: ComposeContext): Promise<VoicedFile[]> {
  const voices = voiceLists(parameter);
  const lines: VoicedFile[] = [];
  for (const [place, { voice, index }] of turnsOf(voices.map((list) => list.length)).entries()) {
    const files = await context.files(voices[voice]?.[index]);
    for (const file of files) lines.push({ ...file, voice, place });
  }
  if (lines.length > 0) return lines;
  throw new ComposeFailure({
    fr: "Aucune réplique n’a été enregistrée. Relancez l’étape qui les lit.",
    en: "No line was recorded. Run the step that reads them again.",
  });
}

/** One list for each voice: where the parameter is not a list of lists, all lines are in one. */
function voiceLists(parameter: Json | undefined): Json[][] {
  const list = Array.isArray(parameter) ? parameter : [parameter ?? null];
  return list.some((entry) => Array.isArray(entry))
    ? list.map((entry) => (Array.isArray(entry) ? entry : [entry]))
    : [list];
}

function silent(): ComposeFailure {
  return new ComposeFailure({
    fr: "Les répliques ne contiennent que du silence. Relancez l’étape qui les lit.",
    en: "The lines hold nothing but silence. Run the step that reads them again.",
  });
}
