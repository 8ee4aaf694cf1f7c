import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

function fontFile(family: string, file: string): string {
  return join(dirname(require.resolve(`@expo-google-fonts/${family}/package.json`)), file);
}

/** Fonts of captions: a sign is drawn with the first of them that has it. */
export const CAPTION_FONTS: readonly { family: string; file: string }[] = [
  { family: "Caption Inter", file: fontFile("inter", "700Bold/Inter_700Bold.ttf") },
  { family: "Caption Arabic", file: fontFile("noto-sans-arabic", "700Bold/NotoSansArabic_700Bold.ttf") },
  { family: "Caption Han", file: fontFile("noto-sans-sc", "700Bold/NotoSansSC_700Bold.ttf") },
  { family: "Caption Emoji", file: fontFile("noto-color-emoji", "400Regular/NotoColorEmoji_400Regular.ttf") },
];
