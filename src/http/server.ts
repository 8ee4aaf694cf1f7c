import { createAdaptorServer, type ServerType } from "@hono/node-server";
import type { LocalText } from "../errors.ts";

/** Time that answers under way get to end before their connections are cut. */
const CLOSE_GRACE_MS = 1_000;
const IDLE_CHECK_MS = 20;

/** The address could not be listened on. `detail` says why, and what to do, in a sentence. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly detail: LocalText;

  constructor(detail: LocalText, cause: unknown) {
    super(detail.en, { cause });
    this.detail = detail;
  }
}

export interface RunningServer {
  /** Where it answers, for instance `http://127.0.0.1:8000`. */
  url: string;
  /** Takes nothing new, ends event streams, and resolves when every connection is closed. */
  close(): Promise<void>;
}

/** Anything that answers requests the way Hono does. */
export interface FetchApp {
  fetch(request: Request, env: { closing: AbortSignal }): Response | Promise<Response>;
}

/**
 * Starts to listen and resolves once it does. Port 0 takes any free port.
 * @throws ListenError when the port is taken or may not be used.
 */
export async function startServer(options: {
  app: FetchApp;
  host: string;
  port: number;
}): Promise<RunningServer> {
  const { app, host, port } = options;
  const closing = new AbortController();
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, { ...env, closing: closing.signal }),
  });
  await listen(server, host, port);
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    close: async () => {
      closing.abort();
      await closeServer(server);
    },
  };
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => resolve());
  });
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      if ("closeAllConnections" in server) server.closeAllConnections();
    }, CLOSE_GRACE_MS);
    // A connection that is kept alive becomes idle only when its last answer has ended.
    const tidy = setInterval(() => {
      if ("closeIdleConnections" in server) server.closeIdleConnections();
    }, IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(tidy);
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  if (error.code === "EADDRINUSE") {
    return new ListenError(
      {
        fr: `Le port ${port} est déjà pris sur ${host}, peut-être par un autre Relais. Arrêtez ce programme, ou choisissez un autre port avec PORT.`,
        en: `Port ${port} is already taken on ${host}, perhaps by another Relais. Stop that program, or choose another port with PORT.`,
      },
      error,
    );
  }
  if (error.code === "EACCES") {
    return new ListenError(
      {
        fr: `Ce compte n’a pas le droit d’ouvrir le port ${port}. Choisissez un port au-dessus de 1023 avec PORT.`,
        en: `This account may not open port ${port}. Choose a port above 1023 with PORT.`,
      },
      error,
    );
  }
  return new ListenError(
    {
      fr: `Relais n’a pas pu ouvrir le port ${port} sur ${host} (${error.code ?? error.message}). Vérifiez HOST et PORT.`,
      en: `Relais could not open port ${port} on ${host} (${error.code ?? error.message}). Check HOST and PORT.`,
    },
    error,
  );
}
