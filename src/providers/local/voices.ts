import type { Language } from "../../errors.ts";

/** The voices of local speech, as its parameter `voice` names them. */
const VOICE_NAMES = ["standard", "clear", "bright", "deep"] as const;
type VoiceName = (typeof VOICE_NAMES)[number];

/** How eSpeak NG is set for a voice. */
interface LocalVoice {
  /** Its name of language and variant. */
  voice: string;
  /** Words a minute. */
  rate: number;
  /** 0..100 */
  pitch: number;
}

const LANGUAGES: Record<Language, { voice: string; rate: number }> = {
  fr: { voice: "fr", rate: 158 },
  en: { voice: "en-us", rate: 160 },
};

const VARIANTS: Record<VoiceName, { variant: string; pitch: number }> = {
  standard: { variant: "", pitch: 46 },
  clear: { variant: "+f3", pitch: 46 },
  bright: { variant: "+Annie", pitch: 50 },
  deep: { variant: "+m1", pitch: 34 },
};

/** Voices of vendors that templates use, so that two of them sound like two here too. */
const STAND_INS: Record<string, VoiceName> = {
  JBFqnCBsd6RMkjVDRZzb: "standard",
  EXAVITQu4vr4xnSDxMaL: "clear",
};

/**
 * The local voice for the voice that a step asks for: by its own name, or always the same one for the same voice of a vendor.
 */
export function localVoice(language: Language, asked: unknown): LocalVoice {
  const { voice, rate } = LANGUAGES[language];
  const { variant, pitch } = VARIANTS[nameFor(typeof asked === "string" ? asked : "")];
  return { voice: `${voice}${variant}`, rate, pitch };
}

function nameFor(asked: string): VoiceName {
  const own = VOICE_NAMES.find((name) => name === asked);
  if (own !== undefined || asked === "") return own ?? "standard";
  if (Object.hasOwn(STAND_INS, asked)) return STAND_INS[asked] ?? "standard";
  const sum = Array.from(asked).reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);
  return VOICE_NAMES[sum % VOICE_NAMES.length] ?? "standard";
}
