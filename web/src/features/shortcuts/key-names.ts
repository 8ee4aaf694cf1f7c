import type { Press } from "./shortcuts.ts";

/** Whether the keys of this machine have the names that they have on a Mac. */
export function hasMacKeys(userAgent: string): boolean {
  return /Macintosh|Mac OS X|iPhone|iPad/.test(userAgent);
}

/** Keys whose names are words, which the language files hold. */
type NamedKey = "shift" | "enter" | "delete" | "escape";

/** What stands on a key: a sign, or a word in the language of the page. */
export type KeyName = { sign: string } | { word: NamedKey };

const SIGNS: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", Backspace: "⌫" };
const MAC_SIGNS: Record<string, string> = { ...SIGNS, Enter: "↩", Delete: "⌦", Escape: "esc" };
const WORDS: Record<string, NamedKey> = { Enter: "enter", Delete: "delete", Escape: "escape" };

/** The keys of a press, in the order in which people of the platform name them. */
export function keyNames({ key, mod, alt, shift }: Press, isMac: boolean): KeyName[] {
  const word = isMac ? undefined : WORDS[key];
  const last: KeyName =
    word === undefined ? { sign: (isMac ? MAC_SIGNS : SIGNS)[key] ?? key.toUpperCase() } : { word };
  const names: (KeyName | false)[] = isMac
    ? [alt === true && { sign: "⌥" }, shift === true && { sign: "⇧" }, mod === true && { sign: "⌘" }, last]
    : [
        mod === true && { sign: "Ctrl" },
        alt === true && { sign: "Alt" },
        shift === true && { word: "shift" },
        last,
      ];
  return names.filter((name) => name !== false);
}
