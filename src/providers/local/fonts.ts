import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// TTF is the one format that every drawing library here takes (resvg shows nothing for woff).

const require = createRequire(import.meta.url);

function fontFile(family: string, file: string): string {
  return join(dirname(require.resolve(`@expo-google-fonts/${family}/package.json`)), file);
}

export const TITLE_FONT_FILE = fontFile("playfair-display", "700Bold/PlayfairDisplay_700Bold.ttf");
export const LABEL_FONT_FILE = fontFile("inter", "500Medium/Inter_500Medium.ttf");
