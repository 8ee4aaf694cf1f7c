export const loadMarkdownText = () => import("./markdown-text.tsx");
export const loadResultBody = () => import("./result-body.tsx");

/** Asks ahead of time for what lays results out, so that the first words of a text are laid out too. */
export function loadResultParts(): void {
  void Promise.all([loadMarkdownText(), loadResultBody()]).catch(() => undefined);
}
