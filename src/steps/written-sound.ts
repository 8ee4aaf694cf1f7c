import path from "node:path";
import type { Programme } from "../media/programme.ts";
import { renderSound, type RenderedSound, type RenderSoundRequest } from "../media/render-sound.ts";
import { ComposeFailure, type ComposeContext, type Composed } from "./composer.ts";
import { fileName } from "./given-text.ts";

interface WrittenSound {
  programme: Programme;
  title: string;
  /** What the file is called where the title gives no name. */
  name: string;
  loudness?: RenderSoundRequest["loudness"];
  tags?: Partial<RenderSoundRequest["tags"]>;
  coverPath?: string | null;
}

/** Writes a programme as an MP3. @throws ComposeFailure where there is nothing to hear. */
export async function writtenSound(
  { programme, title, name, loudness = null, tags = {}, coverPath = null }: WrittenSound,
  { signal, onProgress, folder }: Pick<ComposeContext, "signal" | "onProgress" | "folder">,
): Promise<Composed> {
  const mp3 = path.join(folder, `${name}.mp3`);
  const rendered = await renderSound(
    {
      programme,
      chapters: [],
      loudness,
      files: [{ path: mp3, format: "mp3" }],
      tags: { title, artist: "", album: "", genre: "", language: "", comment: "", ...tags },
      coverPath,
    },
    { signal, onProgress: (fraction) => onProgress(fraction) },
  );
  refuseUnwritten(rendered);
  return {
    medium: "audio",
    title,
    files: [{ path: mp3, name: fileName(title, name, "mp3"), mediaType: "audio/mpeg" }],
  };
}

/** @throws ComposeFailure which says why no file was written, where that is so. */
export function refuseUnwritten({ problem }: Pick<RenderedSound, "problem">): void {
  if (problem === "silent") {
    throw new ComposeFailure({
      fr: "Il n’y a que du silence dans ce qui a été donné. Donnez un autre son à cette étape.",
      en: "There is nothing but silence in what was given. Give this step another sound.",
    });
  }
  if (problem === "cover") {
    throw new ComposeFailure({
      fr: "La couverture n’est pas une image que Relais sait lire. Relancez l’étape qui la produit, ou donnez une autre image.",
      en: "The cover is not a picture that Relais can read. Run the step that makes it again, or give another picture.",
    });
  }
}
