import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

/** One file of an archive: characters, or content that is read when it is its turn. */
export interface ZipEntry {
  name: string;
  content: string | (() => Promise<AsyncIterable<Uint8Array>>);
}

/** Sizes in the plain ZIP format have 32 bits, and so has the place of each file in it. */
export const MAX_ZIP_BYTES = 4_000_000_000;

/**
 * Writes a ZIP piece by piece: nothing is kept but the list of names. Texts are compressed; media are, by their own
 * formats, already. All files carry the one `time`, so that the same results make the same bytes.
 */
export async function* writeZip(entries: Iterable<ZipEntry>, time: Date): AsyncGenerator<Uint8Array> {
  const written: Uint8Array[] = [];
  const failures: Error[] = [];
  const zip = new Zip((error, piece) => {
    if (error) failures.push(error);
    else written.push(piece);
  });
  for (const { name, content } of entries) {
    const isText = typeof content === "string";
    const file = isText ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    file.mtime = time;
    zip.add(file);
    if (isText) {
      file.push(new TextEncoder().encode(content), true);
    } else {
      for await (const piece of await content()) {
        file.push(piece);
        yield* written.splice(0);
      }
      file.push(new Uint8Array(0), true);
    }
    yield* written.splice(0);
  }
  zip.end();
  if (failures[0]) throw failures[0];
  yield* written.splice(0);
}
