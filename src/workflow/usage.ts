/** What a call used, in the units that prices are given in. What is absent was not measured. */
export interface Usage {
  /** All tokens that went in; those of a cache and of images, below, are parts of them. */
  inputTokens?: number;
  cachedInputTokens?: number;
  cacheWriteInputTokens?: number;
  /** Tokens of images that went in, where they are priced apart. */
  imageInputTokens?: number;
  /** Those of reasoning are among them. */
  outputTokens?: number;
  images?: number;
  /** Millions of pixels of pictures that came out, each picture rounded up to a whole one. */
  megapixels?: number;
  characters?: number;
  videoSeconds?: number;
  audioSeconds?: number;
  generations?: number;
  credits?: number;
}
