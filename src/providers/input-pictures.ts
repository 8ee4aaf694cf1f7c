import type { InputFile, ProviderRequest } from "./provider.ts";
import { unsendable } from "./unsendable.ts";

/** The pictures that go in. @throws ProviderFailure, unbilled, where there are more than the model takes, or none that it needs. */
export function picturesOf({ images, model, modelId }: ProviderRequest, most: number): InputFile[] {
  if (images.length > most) {
    throw unsendable({
      what: {
        fr: `${modelId} prend au plus ${most} image(s), et l’étape lui en donne ${images.length}.`,
        en: `${modelId} takes ${most} picture(s) at most, and the step gives it ${images.length}.`,
      },
      next: {
        fr: "Retirez des références à des images, ou choisissez un autre modèle.",
        en: "Remove references to pictures, or choose another model.",
      },
    });
  }
  if (images.length === 0 && model.requires?.includes("image")) {
    throw unsendable({
      what: {
        fr: `${modelId} part d’une image, et l’étape ne lui en donne pas.`,
        en: `${modelId} works from a picture, and the step gives it none.`,
      },
      next: {
        fr: "Écrivez dans le prompt une référence à une étape qui en produit une, ou choisissez un autre modèle.",
        en: "Write into the prompt a reference to a step that makes one, or choose another model.",
      },
    });
  }
  return images;
}

/** The bytes as vendors take them inside JSON. */
export function base64Of({ bytes }: InputFile): string {
  return Buffer.from(bytes).toString("base64");
}

/** The bytes as vendors take them inside a form. */
export function blobOf({ bytes, mediaType }: InputFile): Blob {
  return new Blob([new Uint8Array(bytes)], { type: mediaType });
}
