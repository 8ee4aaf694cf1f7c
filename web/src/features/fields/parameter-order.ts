/** Parameters that most people never touch, of models that are called and of what Relais composes. */
const ADVANCED: ReadonlySet<string> = new Set(
  `bed_volume characters_per_line contrast crossfade ducking end expressiveness fit gap genre guidance loop loudness
  max_output_tokens music_volume negative_prompt page_size pause prompt_influence prompt_upsampling raw reasoning_effort
  sampler seed similarity_boost smart_format stability start steps strength stylize tag_audio_events temperature
  video_sound`.split(/\s+/),
);

/** How many stand open: more of them would hide the rest of the card. */
const OPEN_AT_MOST = 4;

/** The parameters that stand open on the card, and those behind a click. */
export function splitParameters(names: readonly string[]): { open: string[]; folded: string[] } {
  const open = names.filter((name) => !ADVANCED.has(name)).slice(0, OPEN_AT_MOST);
  return { open, folded: names.filter((name) => !open.includes(name)) };
}

const UNITS: Record<string, string> = {
  duration: "s",
  start: "s",
  end: "s",
  second: "s",
  gap: "s",
  crossfade: "s",
  pause: "s",
  width: "px",
  height: "px",
  bed_volume: "dB",
  ducking: "dB",
};

/** The unit of a number, as it stands behind it; null where it has none. */
export function unitOf(name: string): string | null {
  return UNITS[name] ?? null;
}
