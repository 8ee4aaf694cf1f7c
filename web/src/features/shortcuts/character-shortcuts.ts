import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "../../storage.ts";

const STORAGE_KEY = "relais.shortcuts.characters";
const OFF = "off";

const listeners = new Set<() => void>();
let areOn = readStored(STORAGE_KEY) !== OFF;

/** Whether shortcuts of plain characters hold in this browser. */
export function areCharacterShortcutsOn(): boolean {
  return areOn;
}

/** Turns shortcuts of plain characters on or off, and remembers it. */
export function turnCharacterShortcuts(on: boolean): void {
  areOn = on;
  writeStored(STORAGE_KEY, on ? null : OFF);
  for (const listener of listeners) listener();
}

export function useCharacterShortcuts(): boolean {
  return useSyncExternalStore(listen, areCharacterShortcutsOn);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
