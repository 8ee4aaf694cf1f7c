import type { Language } from "../../../src/errors.ts";
import type { ProblemBody } from "./types.ts";

/** Where the routes of combinations stand. */
export const API = "/api/combinations";

/** An answer of the API that is not a success. `code` is `unreachable` where no answer came at all. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: { path: string; message: string }[];

  constructor(problem: Pick<ProblemBody, "status" | "code" | "title" | "detail" | "errors">) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.errors = problem.errors;
  }
}

/** Whether what was asked for does not exist, or no longer. */
export function isNotFound(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status === 404;
}

interface ApiRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  language: Language;
  signal?: AbortSignal;
  /** Makes the server answer a repeated POST with its first answer instead of doing it twice. */
  idempotencyKey?: string;
}

/** Calls the API and gives the JSON that it answers. @throws {ApiProblem} when there is no answer, or a refusal. */
export async function callApi<Answer>(path: string, request: ApiRequest): Promise<Answer> {
  const response = await send(path, request);
  return response.json();
}

/** Sends something; there is nothing to read in the answer. @throws {ApiProblem} as `callApi` does. */
export async function sendApi(path: string, request: ApiRequest): Promise<void> {
  await send(path, request);
}

/** Deletes; there is nothing to read in the answer. @throws {ApiProblem} as `callApi` does. */
export async function callDelete(path: string, language: Language): Promise<void> {
  await send(path, { method: "DELETE", language });
}

async function send(path: string, request: ApiRequest): Promise<Response> {
  const { method = "GET", body, language, signal, idempotencyKey } = request;
  const headers: Record<string, string> = { accept: "application/json", "accept-language": language };
  // A form says its own type, with the boundary that the browser chooses.
  if (body !== undefined && !(body instanceof FormData)) {
    headers["content-type"] = "application/json";
  }
  if (idempotencyKey !== undefined) {
    headers["idempotency-key"] = idempotencyKey;
  }
  let response: Response;
  try {
    response = await fetch(`${API}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    throw new ApiProblem({ status: 0, code: "unreachable", title: "", detail: "", errors: [] });
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const fallback = { status: response.status, code: "internal", title: "", detail: "", errors: [] };
  try {
    const body: Partial<ProblemBody> = await response.json();
    return new ApiProblem({ ...fallback, ...body });
  } catch {
    return new ApiProblem(fallback);
  }
}
