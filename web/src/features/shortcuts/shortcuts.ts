/** One press of keys. `key` is what the key writes, letters in lower case, or its name. */
export interface Press {
  key: string;
  /** With ⌘ on a Mac, with Ctrl elsewhere. */
  mod?: true;
  shift?: true;
  alt?: true;
}

export interface Shortcut {
  group: "anywhere" | "editor" | "step";
  /** Any of these; several presses in one come one after the other. */
  ways: readonly (readonly Press[])[];
  /** Where it does not hold, because the keys mean something else there. What is a plain character never holds in a text. */
  notIn?: "own_undo" | "lists" | "fields";
  /** Whether it is about what has the focus, and nothing outside of a step. */
  isOfFocus?: true;
  /** Whether it goes on while the keys are held down. */
  repeats?: true;
  /** Whether dialogs see to it by themselves. */
  isOfDialogs?: true;
}

/** Every shortcut of the page: the keys are listened for, and the list of them is made, from this alone. */
export const SHORTCUTS = {
  list: { group: "anywhere", ways: [[{ key: "?" }]] },
  close: { group: "anywhere", ways: [[{ key: "Escape" }]], isOfDialogs: true },
  goCombinations: { group: "anywhere", ways: [[{ key: "g" }, { key: "c" }]] },
  goExecutions: { group: "anywhere", ways: [[{ key: "g" }, { key: "e" }]] },
  goLibrary: { group: "anywhere", ways: [[{ key: "g" }, { key: "b" }]] },
  goCosts: { group: "anywhere", ways: [[{ key: "g" }, { key: "d" }]] },
  goSettings: { group: "anywhere", ways: [[{ key: "g" }, { key: "r" }]] },
  run: { group: "editor", ways: [[{ key: "Enter", mod: true }]] },
  rehearse: { group: "editor", ways: [[{ key: "Enter", mod: true, shift: true }]] },
  save: { group: "editor", ways: [[{ key: "s", mod: true }]] },
  addStep: { group: "editor", ways: [[{ key: "/" }]] },
  undo: { group: "editor", ways: [[{ key: "z", mod: true }]], notIn: "own_undo", repeats: true },
  redo: {
    group: "editor",
    ways: [[{ key: "z", mod: true, shift: true }], [{ key: "y", mod: true }]],
    notIn: "own_undo",
    repeats: true,
  },
  moveUp: { group: "step", ways: [[{ key: "ArrowUp", alt: true }]], notIn: "lists", repeats: true },
  moveDown: { group: "step", ways: [[{ key: "ArrowDown", alt: true }]], notIn: "lists", repeats: true },
  duplicate: { group: "step", ways: [[{ key: "d", mod: true }]] },
  remove: {
    group: "step",
    ways: [[{ key: "Delete" }], [{ key: "Backspace" }]],
    notIn: "fields",
    isOfFocus: true,
  },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;

type IdsIn<Group extends Shortcut["group"]> = {
  [Id in ShortcutId]: (typeof SHORTCUTS)[Id] extends { group: Group } ? Id : never;
}[ShortcutId];

/** What the editor has to do, all of it. */
export type EditorShortcutId = IdsIn<"editor" | "step">;

export const SHORTCUT_IDS = Object.keys(SHORTCUTS).filter((id): id is ShortcutId => id in SHORTCUTS);

export function shortcutOf(id: ShortcutId): Shortcut {
  return SHORTCUTS[id];
}

/** Whether a shortcut is nothing but plain characters, which people who speak to their machine may write by accident. */
export function isOfCharacters({ ways }: Shortcut): boolean {
  return ways.some((presses) => presses.every(isCharacter));
}

function isCharacter({ key, mod, alt }: Press): boolean {
  return key.length === 1 && mod !== true && alt !== true;
}

/** What a press of keys is made of, as `KeyboardEvent` says it. */
export interface KeysDown {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  /** Whether the character is written with AltGr, which is Ctrl and Alt at once on some systems. */
  hasAltGraph: boolean;
}

/** Whether these keys are that press. */
export function isPress(down: KeysDown, press: Press, isMac: boolean): boolean {
  if (isCharacter(press)) {
    const isPlain = down.hasAltGraph || (!down.ctrlKey && !down.metaKey && !down.altKey);
    // Which keys write a sign, with Shift or without, is for the keyboard's layout to say.
    return isPlain && written(down) === press.key;
  }
  return (
    written(down) === press.key &&
    (isMac ? down.metaKey : down.ctrlKey) === (press.mod === true) &&
    !(isMac ? down.ctrlKey : down.metaKey) &&
    down.shiftKey === (press.shift === true) &&
    down.altKey === (press.alt === true)
  );
}

const LETTER_KEY = /^Key([A-Z])$/;

/** The letter of a key where its layout writes no Latin ones, so that the shortcuts hold there too. */
function written({ key, code }: KeysDown): string {
  const letter = LETTER_KEY.exec(code)?.[1]?.toLowerCase();
  if (key.length === 1 && key > "\u007F" && letter !== undefined) {
    return letter;
  }
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * Whether what is typed now, after what was typed just before, is a shortcut, the beginning of one, or neither.
 * @param before the presses of a sequence that has begun.
 */
export function matchOf(
  shortcut: Shortcut,
  before: readonly KeysDown[],
  down: KeysDown,
  isMac: boolean,
): "whole" | "begun" | null {
  const all = [...before, down];
  const ways = shortcut.ways.filter((presses) =>
    all.every((keys, index) => {
      const press = presses[index];
      return press !== undefined && isPress(keys, press, isMac);
    }),
  );
  if (ways.some((presses) => presses.length === all.length)) {
    return "whole";
  }
  return ways.length > 0 ? "begun" : null;
}
