import { z } from "zod";
import { VendorAnswerError } from "./vendor-error.ts";
import type { VendorCall } from "./vendor-call.ts";

/** One HTTP request to a vendor without an SDK. */
export interface VendorRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Behind the base address, from its slash on; or a whole address. */
  path: string;
  /** The key and what else the vendor asks for. */
  headers: Record<string, string>;
  /** Sent as JSON, or as it is where it is a form or a file. What is undefined is left out. */
  body?: Record<string, unknown> | FormData | Blob;
}

/**
 * Sends a request and reads the JSON that answers it by `schema`.
 * @throws VendorAnswerError for a status that is not 2xx; ZodError or SyntaxError where the answer has another shape.
 */
export async function readJson<Answer>(
  call: VendorCall,
  request: VendorRequest,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const response = await send(call, request);
  return schema.parse(await response.json());
}

/** Sends a request and reads the bytes that answer it. @throws VendorAnswerError for a status that is not 2xx. */
export async function readBytes(
  call: VendorCall,
  request: VendorRequest,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }> {
  const response = await send(call, request);
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    mediaType: response.headers.get("content-type") ?? "application/octet-stream",
  };
}

async function send(call: VendorCall, request: VendorRequest): Promise<Response> {
  const { path, headers, body } = request;
  // A form and a file say their type themselves.
  const isTyped = body instanceof FormData || body instanceof Blob;
  const response = await call.fetch(path.startsWith("/") ? call.baseUrl + path : path, {
    method: request.method ?? (body === undefined ? "GET" : "POST"),
    headers: body === undefined || isTyped ? headers : { ...headers, "content-type": "application/json" },
    ...(body !== undefined && { body: isTyped ? body : JSON.stringify(body) }),
    signal: call.signal,
  });
  if (response.ok) return response;
  throw new VendorAnswerError({ status: response.status, body: await response.text() });
}

/**
 * A model's id as part of an address, which no sign in it leads astray.
 * @throws Error for a segment of dots, which would lead up.
 */
export function pathOfModel(modelId: string): string {
  const segments = modelId.split("/");
  if (segments.some((segment) => /^\.*$/.test(segment)))
    throw new Error("a model's id that is a way elsewhere");
  return segments.map(encodeURIComponent).join("/");
}

/** A picture as vendors take it inside JSON. */
export function dataUrl({ mediaType, bytes }: { mediaType: string; bytes: Uint8Array }): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
}
