import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import type { AppEnv } from "./app-env.ts";
import { answerNotFound, ERRORS_PATH } from "./problem.ts";

/** `docs/errors.md`, to which the `type` of every problem leads. */
export const ERROR_LIST_FILE = new URL("../../docs/errors.md", import.meta.url);

export function errorListRoutes() {
  return new Hono<AppEnv>().get(ERRORS_PATH, async (c) => {
    const text = await readFile(ERROR_LIST_FILE, "utf8").catch(() => null);
    return text === null ? answerNotFound(c) : c.text(text);
  });
}
