import { inspectFile } from "../media/inspect.ts";
import type { ProviderOutput } from "../providers/provider.ts";
import type { Medium } from "../workflow/media.ts";
import type { OutputFile } from "../workflow/ports.ts";
import { UnusableOutput } from "./step-kind.ts";

/**
 * The files of an answer, measured. What they are is read from their bytes: a picture that is a web page is none,
 * whatever the vendor calls it.
 * @throws UnusableOutput when there is none, or one is of another medium.
 */
export async function receivedFiles(
  output: ProviderOutput,
  medium: "image" | "audio" | "video",
): Promise<{ medium: Medium; files: OutputFile[] }> {
  const files: OutputFile[] = [];
  for (const { content } of output.files) {
    const facts = await inspectFile(content);
    if (!facts.mediaType.startsWith(`${medium}/`)) throw notThat(medium, facts.mediaType);
    files.push({ content, medium, ...facts });
  }
  if (files.length === 0) throw new UnusableOutput("unknown", { fr: "", en: "" });
  return { medium, files };
}

const NAMES = {
  image: { fr: "une image", en: "a picture" },
  audio: { fr: "un son", en: "a sound" },
  video: { fr: "une vidéo", en: "a video" },
};

function notThat(medium: "image" | "audio" | "video", mediaType: string): UnusableOutput {
  const name = NAMES[medium];
  return new UnusableOutput("unknown", {
    fr: `Le fichier reçu n’est pas ${name.fr} (${mediaType}).`,
    en: `The file that came is not ${name.en} (${mediaType}).`,
  });
}
