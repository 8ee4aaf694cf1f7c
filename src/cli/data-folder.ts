import { accessSync, constants, mkdirSync } from "node:fs";
import { lockFolder, type FolderLock } from "../db/folder-lock.ts";
import { messageOf } from "../errors.ts";
import { CommandFailure } from "./command-failure.ts";
import { readServerFile, removeServerFile } from "./server-file.ts";

/**
 * Makes the data folder, for this account only, and takes ownership of it; null where another process owns it.
 * @throws CommandFailure when the folder cannot be made or written.
 */
export function takeDataFolder(dataFolder: string): FolderLock | null {
  return inFolder(dataFolder, () => {
    const lock = lockFolder(dataFolder);
    // What a killed server left behind would send others to an address where nobody answers.
    if (lock) removeServerFile(dataFolder);
    return lock;
  });
}

/**
 * Makes the data folder, for this account only, for processes that share a database: nobody owns it.
 * @throws CommandFailure when the folder cannot be made or written.
 */
export function shareDataFolder(dataFolder: string): FolderLock {
  return inFolder(dataFolder, () => {
    accessSync(dataFolder, constants.R_OK | constants.W_OK);
    return { release: () => undefined };
  });
}

function inFolder<T>(dataFolder: string, work: () => T): T {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return work();
  } catch (error) {
    throw new CommandFailure({
      fr: `Le dossier de données ${dataFolder} ne peut pas être utilisé (${messageOf(error)}). Vérifiez ses droits, ou choisissez-en un autre avec RELAIS_DATA_DIR.`,
      en: `The data folder ${dataFolder} cannot be used (${messageOf(error)}). Check its permissions, or choose another one with RELAIS_DATA_DIR.`,
    });
  }
}

/** Says who owns a data folder, as far as it is known. */
export function folderTaken(dataFolder: string): CommandFailure {
  const owner = readServerFile(dataFolder);
  const at = owner
    ? {
        fr: ` à l’adresse ${owner.url} (processus ${owner.pid})`,
        en: ` at ${owner.url} (process ${owner.pid})`,
      }
    : { fr: "", en: "" };
  return new CommandFailure({
    fr: `Un autre Relais utilise déjà le dossier de données ${dataFolder}${at.fr}. Utilisez celui-là, arrêtez-le, ou choisissez un autre dossier avec RELAIS_DATA_DIR.`,
    en: `Another Relais already uses the data folder ${dataFolder}${at.en}. Use that one, stop it, or choose another folder with RELAIS_DATA_DIR.`,
  });
}
