import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { listenOnLoopback } from "./listen.ts";

/** A vendor of films of any length, in the shapes of Runway's tasks. `RUNWAYML_BASE_URL` is `url`. */
export interface FilmVendor {
  url: string;
  /** How large the films are that are asked for from now on. */
  setBytes(bytes: number): void;
  stop(): Promise<void>;
}

/**
 * Starts a vendor whose films are all this one, made larger by a box that players skip. It is made while it is sent: a film of
 * any size takes no memory.
 */
export async function startFilmVendor(film: Buffer): Promise<FilmVendor> {
  const { head, tail } = divide(film);
  let bytes = film.byteLength + 8;
  let films = 0;
  const server = createServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") {
      films += 1;
      return sendJson(response, { id: `film-${films}-${bytes}` });
    }
    const id = pathname.split("/").at(-1) ?? "";
    if (pathname.startsWith("/v1/tasks/")) {
      const output = [`http://${request.headers.host}/films/${id}`];
      return sendJson(response, { id, status: "SUCCEEDED", output, cost: { credits: 1 } });
    }
    const size = Number(id.split("-").at(-1));
    response.writeHead(200, { "content-type": "video/mp4", "content-length": size });
    Readable.from(contentOf(head, size - film.byteLength - 8, tail)).pipe(response);
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    setBytes: (given) => (bytes = given),
    async stop() {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

const NOTHING = Buffer.alloc(256 * 1024);

function* contentOf(head: Buffer, skipped: number, tail: Buffer): Generator<Buffer> {
  const box = Buffer.alloc(8);
  box.writeUInt32BE(skipped + 8);
  box.write("free", 4);
  yield Buffer.concat([head, box]);
  for (let left = skipped; left > 0; left -= NOTHING.byteLength) yield NOTHING.subarray(0, left);
  yield tail;
}

/** Before the index where that stands at the end, so that whoever reads it has to skip all; otherwise at the end. */
function divide(film: Buffer): { head: Buffer; tail: Buffer } {
  let place = 0;
  let isPastContent = false;
  while (place + 8 <= film.byteLength) {
    const type = film.toString("latin1", place + 4, place + 8);
    if (type === "moov" && isPastContent) break;
    if (type === "mdat") isPastContent = true;
    const size = film.readUInt32BE(place);
    if (size < 8) throw new Error(`the film has a box “${type}” whose size is not written in it`);
    place += size;
  }
  return { head: film.subarray(0, place), tail: film.subarray(place) };
}
