import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { runInChild } from "../../media/child-process.ts";
import { makeTemporaryFile } from "../../media/temporary-file.ts";
import { ProviderFailure } from "../../workflow/ports.ts";
import type { ProviderOutput, ProviderRequest } from "../provider.ts";
import type { LocalContext } from "./local-context.ts";
import { languageOf } from "./language.ts";
import { clamp, numberParameter } from "./parameters.ts";
import { speakableText } from "./spoken-words.ts";
import { localVoice } from "./voices.ts";

const spokenSchema = z.object({
  durationSeconds: z.number(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })),
});

/** Speaks the prompt in French or English. `speed` is 0.5..2 (1); `language` is fr, en or else
 * found by the words; `voice` is one of the local ones, or a vendor's, for which one of them always stands in. */
export async function makeSpeech(request: ProviderRequest, context: LocalContext): Promise<ProviderOutput> {
  const text = speakableText(request.prompt);
  if (text === "") {
    throw new ProviderFailure({
      code: "bad_request",
      billed: "no",
      detail: {
        fr: "Il n’y a rien à dire : le texte ne contient ni lettre ni chiffre. Rien n’a été facturé ; donnez un texte à cette étape.",
        en: "There is nothing to say: the text has no letter and no digit. Nothing was billed; give this step a text.",
      },
    });
  }
  const asked = request.parameters.language;
  const language = asked === "fr" || asked === "en" ? asked : languageOf(text);
  const { voice, rate, pitch } = localVoice(language, request.parameters.voice);
  const speed = clamp(numberParameter(request.parameters, "speed") ?? 1, 0.5, 2);
  const { path, made } = await makeTemporaryFile({ folder: context.workFolder, extension: "mp3" }, (file) =>
    runInChild({
      worker: new URL("./speech-worker.ts", import.meta.url),
      request: { path: file, text, voice, rate: Math.round(rate * speed), pitch },
      result: spokenSchema,
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(fraction),
    }),
  );
  try {
    return {
      files: [{ content: { bytes: await readFile(path) }, mediaType: "audio/mpeg" }],
      usage: { characters: Array.from(request.prompt).length, audioSeconds: made.durationSeconds },
      words: made.words,
    };
  } finally {
    await rm(path, { force: true });
  }
}
