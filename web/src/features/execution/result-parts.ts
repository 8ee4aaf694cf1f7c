import { lazyPart } from "../../components/lazy-part.tsx";

export const MarkdownText = lazyPart(() => import("./markdown-text.tsx"));
export const ResultBody = lazyPart(() => import("./result-body.tsx"));

/** Loads what lays results out ahead of time, so that the first words of a text are laid out too and nothing moves after. */
export async function loadResultParts(): Promise<void> {
  await Promise.all([MarkdownText.preload(), ResultBody.preload()]);
}
