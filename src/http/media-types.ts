/** Pictures that models and browsers read; SVG is left out, since it can hold programs. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]);
const DOCUMENTS = new Set(["application/pdf", "application/epub+zip"]);
const TEXTS = new Set(["text/plain", "text/markdown", "text/csv", "text/vtt", "application/json"]);

/** Whether a file of this type, as read from its bytes, may be uploaded. */
export function isUploadable(mediaType: string): boolean {
  return (
    /^(?:audio|video)\//.test(mediaType) || [PICTURES, DOCUMENTS, TEXTS].some((types) => types.has(mediaType))
  );
}

const TEXT_TYPE_OF: Record<string, string> = {
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  vtt: "text/vtt",
  json: "application/json",
};

/** The type of a text by the end of its name, since its bytes do not say; undefined where that says nothing. */
export function textTypeOfName(name: string): string | undefined {
  return TEXT_TYPE_OF[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}
