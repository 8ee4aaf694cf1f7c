/** One part of a `multipart/form-data` body. Its content has to be read to the end before the next part comes. */
export interface Part {
  /** The name of the form field. */
  name: string;
  /** What the sender calls the file; null where the part is a plain field. Never a path to use. */
  fileName: string | null;
  contentType: string | null;
  content: AsyncIterable<Uint8Array>;
}

/** A body that is not what its content type says. */
export class MalformedMultipart extends Error {
  override readonly name = "MalformedMultipart";
}

/** More than any browser sends before the content of a part. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The boundary that a content type names; null where it is no `multipart/form-data`. */
export function boundaryOf(contentType: string): string | null {
  const [type = ""] = contentType.split(";", 1);
  if (type.trim().toLowerCase() !== "multipart/form-data") return null;
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * Reads a body part by part as it arrives; no part is kept in memory.
 * @throws MalformedMultipart
 */
export async function* readParts(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const source = new DelimitedReader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // What stands before the first part is for nobody.
  for await (const _ of source.until(delimiter));
  while (!(await source.isLast())) {
    const head = await source.text("\r\n\r\n", MAX_HEADER_BYTES);
    const content = source.until(delimiter);
    yield { ...partHead(head), content };
    // A reader that has stopped early must not be taken for the beginning of the next part.
    for await (const _ of content);
  }
}

/** Looks for delimiters in bytes that arrive in pieces. */
class DelimitedReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** A line end before the first byte, so that the first delimiter looks like the others. */
  #rest: Buffer = Buffer.from("\r\n");

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw new MalformedMultipart("the body ends in the middle");
    this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value]);
  }

  /** What comes before the delimiter, piece by piece; the delimiter itself is taken away. */
  async *until(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const place = this.#rest.indexOf(delimiter);
      if (place !== -1) {
        const piece = this.#rest.subarray(0, place);
        this.#rest = this.#rest.subarray(place + delimiter.length);
        if (piece.length > 0) yield piece;
        return;
      }
      // The delimiter may have begun at the end.
      const safe = this.#rest.length - delimiter.length + 1;
      if (safe > 0) {
        const piece = this.#rest.subarray(0, safe);
        this.#rest = this.#rest.subarray(safe);
        yield piece;
      }
      await this.#more();
    }
  }

  async text(delimiter: string, maxBytes: number): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of this.until(Buffer.from(delimiter))) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new MalformedMultipart("the head of a part is too long");
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString("utf8");
  }

  /** After a delimiter: whether it was the closing one. */
  async isLast(): Promise<boolean> {
    while (this.#rest.length < 2) await this.#more();
    const mark = this.#rest.subarray(0, 2).toString("latin1");
    if (mark === "--") return true;
    if (mark !== "\r\n") throw new MalformedMultipart("a boundary is not followed by a line end");
    // Kept, so that a part without any header has its empty line too.
    return false;
  }
}

function partHead(head: string): Omit<Part, "content"> {
  const headers = new Map(
    head.split("\r\n").map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, Math.max(colon, 0)).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const disposition = headers.get("content-disposition") ?? "";
  const name = parameterOf(disposition, "name");
  if (!/^form-data\b/i.test(disposition) || name === null) {
    throw new MalformedMultipart("a part has no name");
  }
  return {
    name,
    fileName: parameterOf(disposition, "filename"),
    contentType: headers.get("content-type") ?? null,
  };
}

/** Browsers write quotes in names as `%22`, other programs put a backslash before them. */
function parameterOf(disposition: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, "i").exec(disposition);
  return match?.[1]?.replaceAll(/\\(.)/g, "$1") ?? match?.[2] ?? null;
}
