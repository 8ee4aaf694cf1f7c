import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const WEB_FOLDER = fileURLToPath(new URL("../../web/dist", import.meta.url));

export interface PageWeight {
  /** Kilobytes of gzipped script that the browser loads before the first paint. */
  firstScriptKilobytes: number;
  firstStyleKilobytes: number;
}

/** Weighs what `index.html` names: the entry, and the parts that it preloads because the first paint needs them. */
export async function measurePageWeight(): Promise<PageWeight> {
  const html = await readFile(path.join(WEB_FOLDER, "index.html"), "utf8");
  const places = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? "");
  const weigh = async (ending: string): Promise<number> => {
    const wanted = places.filter((place) => place.endsWith(ending));
    const contents = await Promise.all(wanted.map((place) => readFile(path.join(WEB_FOLDER, place))));
    return contents.reduce((sum, content) => sum + gzipSync(content).byteLength, 0) / 1000;
  };
  return { firstScriptKilobytes: await weigh(".js"), firstStyleKilobytes: await weigh(".css") };
}
