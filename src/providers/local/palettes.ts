/** Colours of a card: the sky from its top down to the horizon, what shines, and what lies in shadow. */
export interface Palette {
  name: string;
  high: string;
  middle: string;
  low: string;
  light: string;
  dark: string;
  /** One warm or bright colour that the eye goes to. */
  accent: string;
  isNight: boolean;
}

export const PALETTES: readonly [Palette, ...Palette[]] = [
  palette("dawn", "#1d2b53 #7e4b8b #f08a5d #ffd29d #0b132b #ff6b6b"),
  palette("night", "#050b24 #12295c #2f5aa0 #9cc3e6 #02040f #ffcf6b", true),
  palette("day", "#1f6fb2 #63b3e4 #bfe6f5 #fff4d6 #123a5a #ff8a5b"),
  palette("leaf", "#10332c #2c6e55 #8fb98b #f3e9c6 #071a16 #f2b441"),
  palette("ember", "#2a0f1f #7a1f3d #d8573c #ffc56b #14060e #ffe08a"),
  palette("mist", "#4d6074 #8ba1b0 #cdd8da #f8efe0 #243240 #e07a5f"),
  palette("violet", "#1b1440 #48318f #a06cd5 #ffd6e8 #0e0a24 #4fd1c5"),
  palette("lagoon", "#06323f #0f6e7c #5fc3b9 #fdf0c9 #03191f #ff8c61"),
];

function palette(name: string, colors: string, isNight = false): Palette {
  const [high = "", middle = "", low = "", light = "", dark = "", accent = ""] = colors.split(" ");
  return { name, high, middle, low, light, dark, accent, isNight };
}
