import { useEffect, useRef } from "react";
import { areCharacterShortcutsOn } from "./character-shortcuts.ts";
import { hasMacKeys } from "./key-names.ts";
import {
  isOfCharacters,
  matchOf,
  SHORTCUT_IDS,
  shortcutOf,
  type KeysDown,
  type Shortcut,
  type ShortcutId,
} from "./shortcuts.ts";

/** What each shortcut does; null where there is nothing to do now, so that the browser does what it does. */
export type ShortcutHandlers = Partial<Record<ShortcutId, (() => void) | null>>;

/** Within how long the second key of a sequence comes. */
const SEQUENCE_MS = 1_000;

/** Listens for shortcuts as long as the component is there. Over a dialog none holds but those of the dialog itself. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const isMac = hasMacKeys(navigator.userAgent);
    let begun: { keys: KeysDown[]; atMs: number } = { keys: [], atMs: 0 };
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isUnderDialog()) {
        return;
      }
      const keys = keysOf(event);
      const before = event.timeStamp - begun.atMs > SEQUENCE_MS ? [] : begun.keys;
      begun = { keys: [], atMs: 0 };
      for (const id of SHORTCUT_IDS) {
        const shortcut = shortcutOf(id);
        const handler = latest.current[id];
        if (!handler || !holdsAt(shortcut, event)) continue;
        const match = matchOf(shortcut, before, keys, isMac);
        if (match === "whole") {
          event.preventDefault();
          handler();
          return;
        }
        if (match === "begun") {
          begun = { keys: [...before, keys], atMs: event.timeStamp };
        }
      }
    };
    document.addEventListener("keydown", listener);
    return () => {
      document.removeEventListener("keydown", listener);
    };
  }, []);
}

function keysOf(event: KeyboardEvent): KeysDown {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  return {
    key,
    code,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
    hasAltGraph: event.getModifierState("AltGraph"),
  };
}

function isUnderDialog(): boolean {
  return document.querySelector('[aria-modal="true"]') !== null;
}

const FIELDS = 'input, textarea, select, [contenteditable="true"]';
const PLAIN_INPUTS = '[type="checkbox"], [type="radio"], [type="button"], [type="range"]';
/** Whose own keys open and walk through a list. */
const LISTS = 'select, [role="combobox"], [aria-haspopup="listbox"], [role="listbox"]';
/** Fields whose text is no part of the draft until it is taken, such as a search: their undo is the browser's. */
const OWN_UNDO = "[data-own-undo]";
const STEP = "[data-step]";

function holdsAt(shortcut: Shortcut, { target, repeat }: KeyboardEvent): boolean {
  if (repeat && shortcut.repeats !== true) {
    return false;
  }
  if (isOfCharacters(shortcut) && !areCharacterShortcutsOn()) {
    return false;
  }
  if (!(target instanceof Element)) {
    return shortcut.isOfFocus !== true;
  }
  if (shortcut.isOfFocus === true && target.closest(STEP) === null) {
    return false;
  }
  const isInField = target.matches(FIELDS) && !target.matches(PLAIN_INPUTS);
  if (isInField && (isOfCharacters(shortcut) || shortcut.notIn === "fields")) {
    return false;
  }
  if (shortcut.notIn === "own_undo") {
    return target.closest(OWN_UNDO) === null;
  }
  return shortcut.notIn !== "lists" || target.closest(LISTS) === null;
}
