import { languageCode } from "../media/language-code.ts";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { LocalText } from "../errors.ts";
import { podcastProgramme } from "../media/podcast-programme.ts";
import type { Json } from "../workflow/values.ts";
import {
  ComposeFailure,
  type ComposeContext,
  type Composed,
  type ComposeFile,
  type ComposeRequest,
} from "./composer.ts";
import { fileName, firstLine, numberOf, textOf } from "./given-text.ts";
import { type MeasuredFile, measuredFiles } from "./measured-files.ts";
import {
  type ScriptLine,
  scriptLines,
  speakerNames,
  type TimedLine,
  transcriptText,
  transcriptVtt,
  turnsOf,
} from "./podcast-script.ts";
import { writtenSound } from "./written-sound.ts";

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
  const lines = await linesInTurn(parameters["lines"], context);
  const [jingle] = await context.files(parameters["jingle"]);
  const measured = await measuredFiles(
    [...lines, ...(jingle ? [jingle] : [])],
    { sampleRate: SAMPLE_RATE, needs: "sound", names: (index) => nameOf(lines[index]) },
    {
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE),
    },
  );
  const said = whoSaysWhat(lines, parameters);
  const { programme, times } = podcastProgramme(
    {
      lines: said.map(({ speaker }, index) => ({ spoken: fileAt(measured, index), speaker })),
      jingle: jingle ? fileAt(measured, lines.length) : null,
      pauseSeconds: numberOf(parameters["pause"], DEFAULT_PAUSE_SECONDS),
    },
    { sampleRate: SAMPLE_RATE, channelCount: measured.some(({ channelCount }) => channelCount > 1) ? 2 : 1 },
  );
  const transcript = said.map(({ speaker, text }, index): TimedLine => {
    const { start, end } = times[index] ?? { start: 0, end: 0 };
    return { speaker, text, start, end };
  });
  const title = firstLine(prompt) || firstLine(request.topic);
  const [cover] = await context.files(parameters["cover"]);
  const episode = await writtenSound(
    {
      programme,
      title,
      name: "podcast",
      loudness: LOUDNESS,
      tags: tagsOf(parameters, { title, transcript }),
      coverPath: cover?.path ?? null,
    },
    {
      signal: context.signal,
      folder: context.folder,
      onProgress: (fraction) => context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE)),
    },
  );
  const vtt = path.join(context.folder, "podcast.vtt");
  await writeFile(vtt, transcriptVtt(transcript));
  return {
    ...episode,
    text: transcriptText(transcript),
    json: {
      title,
      lines: transcript.map(({ speaker, text, start, end }) => ({ speaker, text, start, end })),
    },
    files: [...episode.files, { path: vtt, name: fileName(title, "podcast", "vtt"), mediaType: "text/vtt" }],
  };
}

function fileAt(files: MeasuredFile[], index: number): MeasuredFile {
  const file = files[index];
  if (file === undefined) throw new Error("a line was not measured");
  return file;
}

function nameOf(line: VoicedFile | undefined): LocalText {
  if (line === undefined) return { fr: "Le jingle", en: "The jingle" };
  return { fr: `La réplique ${line.place + 1}`, en: `Line ${line.place + 1}` };
}

function whoSaysWhat(lines: VoicedFile[], parameters: Record<string, Json>): ScriptLine[] {
  const script = scriptLines(parameters["script"]);
  const speakers = speakerNames(parameters["speakers"]);
  return lines.map(({ voice, place }) => {
    const { speaker = "", text = "" } = script[place] ?? {};
    return { speaker: (speakers[voice] ?? "") || speaker || String(voice + 1), text };
  });
}

function tagsOf(
  parameters: Record<string, Json>,
  { title, transcript }: { title: string; transcript: TimedLine[] },
) {
  const voices = [...new Set(transcript.map(({ speaker }) => speaker))].join(", ");
  return {
    artist: firstLine(textOf(parameters["author"])) || voices,
    album: firstLine(textOf(parameters["show"])) || title,
    genre: "Podcast",
    language: languageCode(textOf(parameters["language"])) ?? "",
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
