import { readStored, writeStored } from "../../storage.ts";

const STORAGE_KEY = "relais.recent-models";
const AT_MOST = 4;

/** The models that were chosen last in this browser, the latest first. */
export function recentModels(): string[] {
  try {
    const stored: unknown = JSON.parse(readStored(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((name) => typeof name === "string").slice(0, AT_MOST) : [];
  } catch {
    return [];
  }
}

export function rememberModel(name: string): void {
  const others = recentModels().filter((other) => other !== name);
  writeStored(STORAGE_KEY, JSON.stringify([name, ...others].slice(0, AT_MOST)));
}
