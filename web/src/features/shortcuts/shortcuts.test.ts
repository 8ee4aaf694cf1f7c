import { describe, expect, test } from "vitest";
import { hasMacKeys, keyNames } from "./key-names.ts";
import {
  isOfCharacters,
  isPress,
  matchOf,
  SHORTCUT_IDS,
  SHORTCUTS,
  shortcutOf,
  type KeysDown,
} from "./shortcuts.ts";

function down(key: string, changes: Partial<KeysDown> = {}): KeysDown {
  return {
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    hasAltGraph: false,
    ...changes,
  };
}

/** The shortcuts that one press, after others, is on this platform. */
function pressed(keys: KeysDown, { isMac = false, before = [] as KeysDown[] } = {}): string[] {
  return SHORTCUT_IDS.filter((id) => matchOf(shortcutOf(id), before, keys, isMac) === "whole");
}

describe("shortcuts", () => {
  test("are each pressed in a way of their own", () => {
    const ways = SHORTCUT_IDS.flatMap((id) => shortcutOf(id).ways.map((presses) => JSON.stringify(presses)));
    expect(new Set(ways).size).toBe(ways.length);
  });

  test("hold with Ctrl, or with the command key on a Mac, and not with the other", () => {
    expect(pressed(down("z", { ctrlKey: true }))).toEqual(["undo"]);
    expect(pressed(down("z", { metaKey: true }), { isMac: true })).toEqual(["undo"]);
    expect(pressed(down("z", { metaKey: true }))).toEqual([]);
    expect(pressed(down("z", { ctrlKey: true }), { isMac: true })).toEqual([]);
    expect(pressed(down("Z", { ctrlKey: true, shiftKey: true }))).toEqual(["redo"]);
    expect(pressed(down("y", { ctrlKey: true }))).toEqual(["redo"]);
    expect(pressed(down("Enter", { ctrlKey: true }))).toEqual(["run"]);
    expect(pressed(down("Enter", { ctrlKey: true, shiftKey: true }))).toEqual(["rehearse"]);
    expect(pressed(down("Enter"))).toEqual([]);
    expect(pressed(down("ArrowUp", { altKey: true }))).toEqual(["moveUp"]);
  });

  test("follow what the layout writes: a slash with Shift or AltGr, letters of another script by their key", () => {
    expect(pressed(down("/", { shiftKey: true }))).toEqual(["addStep"]);
    expect(pressed(down("/", { ctrlKey: true, altKey: true, hasAltGraph: true }))).toEqual(["addStep"]);
    expect(pressed(down("/", { ctrlKey: true }))).toEqual([]);
    expect(pressed(down("я", { code: "KeyZ", ctrlKey: true }))).toEqual(["undo"]);
    // On a French keyboard Z stands where others have W.
    expect(pressed(down("z", { code: "KeyW", ctrlKey: true }))).toEqual(["undo"]);
    expect(isPress(down("w", { code: "KeyZ", ctrlKey: true }), { key: "z", mod: true }, false)).toBe(false);
  });

  test("of two letters hold one after the other", () => {
    const { goExecutions } = SHORTCUTS;
    expect(matchOf(goExecutions, [], down("g"), false)).toBe("begun");
    expect(pressed(down("e"), { before: [down("g")] })).toEqual(["goExecutions"]);
    expect(pressed(down("e"))).toEqual([]);
    expect(matchOf(goExecutions, [down("g")], down("g"), false)).toBeNull();
  });

  test("that are plain characters are known, so that they can be turned off", () => {
    expect(SHORTCUT_IDS.filter((id) => isOfCharacters(shortcutOf(id)))).toEqual([
      "list",
      "goCombinations",
      "goExecutions",
      "goLibrary",
      "goCosts",
      "goSettings",
      "addStep",
    ]);
  });
});

describe("the names of keys", () => {
  test("are those of the platform", () => {
    const redo = { key: "z", mod: true, shift: true } as const;
    expect(keyNames(redo, true)).toEqual([{ sign: "⇧" }, { sign: "⌘" }, { sign: "Z" }]);
    expect(keyNames(redo, false)).toEqual([{ sign: "Ctrl" }, { word: "shift" }, { sign: "Z" }]);
    expect(keyNames({ key: "Enter", mod: true }, true)).toEqual([{ sign: "⌘" }, { sign: "↩" }]);
    expect(keyNames({ key: "ArrowUp", alt: true }, false)).toEqual([{ sign: "Alt" }, { sign: "↑" }]);
    expect(keyNames({ key: "Delete" }, false)).toEqual([{ word: "delete" }]);
  });

  test("are a Mac's on a Mac only", () => {
    expect(hasMacKeys("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)")).toBe(true);
    expect(hasMacKeys("Mozilla/5.0 (X11; Linux x86_64)")).toBe(false);
    expect(hasMacKeys("Mozilla/5.0 (Windows NT 10.0; Win64; x64)")).toBe(false);
  });
});
