import type { Context } from "hono";
import type { Language } from "../errors.ts";

/** What every handler finds in its context. */
export interface AppEnv {
  Bindings: {
    /** Aborted when the server closes; absent where there is no server, as in tests. */
    closing?: AbortSignal;
  };
  Variables: {
    /** The language that the request asked for. */
    language: Language;
  };
}

export type AppContext = Context<AppEnv>;
