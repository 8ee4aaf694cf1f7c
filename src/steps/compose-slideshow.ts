import type { Composer } from "./composer.ts";
import { composeFilm, filmPictures, filmSize } from "./film-files.ts";

/** Pictures, evenly shared over one sound, with slow motion and cross-fades. */
export const composeSlideshow: Composer = async ({ prompt, parameters }, context) => {
  const pictures = await filmPictures(await context.files(parameters["images"]));
  const [audio] = await context.files(parameters["audio"]);
  const { title } = parameters;
  const request = {
    ...filmSize(parameters["format"]),
    title: typeof title === "string" ? title : "",
    captions: "none" as const,
    texts: [],
    pictures,
    speeches: audio === undefined ? [] : [{ path: audio.path, words: null, text: "" }],
    music: null,
    musicVolume: 0,
    seconds: null,
  };
  return await composeFilm(request, { name: prompt, context });
};
