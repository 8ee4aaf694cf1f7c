import { createHash, createHmac, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { listenOnLoopback } from "./listen.ts";

/** What the fake takes; the region is not Amazon's default, so that a client that does not name it is refused. */
export const FAKE_S3 = {
  bucket: "films",
  region: "eu-test-1",
  accessKeyId: "AKIAFAKE0123456789AB",
  secretAccessKey: "fake/Secret+0123456789abcdefghijklmnopq",
} as const;

/** The settings of a Relais that keeps its files in the fake. */
export function fakeS3Settings(fake: FakeS3): Record<string, string> {
  return {
    RELAIS_ARTIFACTS: `s3://${FAKE_S3.bucket}/kept/here?endpoint=${fake.url}&region=${FAKE_S3.region}`,
    AWS_ACCESS_KEY_ID: FAKE_S3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_S3.secretAccessKey,
  };
}

/**
 * How the next request that fits is answered: `slow_down` is 503; `drop` is cut before and `answer_lost` after it was carried
 * out; `break_off` is cut in the middle of an object; `late_error` is a failure to complete an upload with status 200.
 */
type S3Trouble = "slow_down" | "drop" | "answer_lost" | "break_off" | "late_error" | "forbidden";

interface S3Call {
  method: string;
  key: string;
  query: string;
  status: number;
  bytes: number;
}

/** An S3 server with one bucket, which checks each request as Amazon's published API says, and counts calls. */
export interface FakeS3 {
  url: string;
  calls: S3Call[];
  /** Troubles that the next requests meet, one each; `on` says which requests. */
  trouble(kind: S3Trouble, times?: number, on?: (call: { method: string; query: string }) => boolean): void;
  /** Keys of the objects that are there. */
  keys(): Promise<string[]>;
  /** Uploads in parts that were neither completed nor given up. */
  openUploads(): number;
  stop(): Promise<void>;
}

interface Upload {
  key: string;
  parts: Map<number, { tag: string; bytes: number; place: string }>;
}

interface State {
  folder: string;
  calls: S3Call[];
  troubles: { kind: S3Trouble; on: (call: { method: string; query: string }) => boolean }[];
  uploads: Map<string, Upload>;
  sessionToken: string | null;
  minPartBytes: number;
}

/** A refusal in the words of S3. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  text?: string;
  file?: { place: string; start: number; end: number };
}

/** @param options.minPartBytes the least that a part has to have which is not the last: 5 MiB unless given. */
export async function startFakeS3(
  options: { sessionToken?: string; minPartBytes?: number } = {},
): Promise<FakeS3> {
  const { sessionToken = null, minPartBytes = 5 * 1024 * 1024 } = options;
  const folder = await mkdtemp(path.join(tmpdir(), "relais-fake-s3-"));
  const state: State = { folder, calls: [], troubles: [], uploads: new Map(), sessionToken, minPartBytes };
  const server = createServer((request, response) => {
    void serve(state, request, response).catch(() => response.destroy());
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    calls: state.calls,
    trouble: (kind, times = 1, on = () => true) => {
      for (let time = 0; time < times; time += 1) state.troubles.push({ kind, on });
    },
    keys: async () => {
      const names = await readdir(folder);
      const objects = names.filter((name) => name.startsWith("object-"));
      return objects.map((name) => decodeURIComponent(name.slice("object-".length))).toSorted();
    },
    openUploads: () => state.uploads.size,
    async stop() {
      server.closeAllConnections();
      const closed = new Promise((resolve) => server.close(resolve));
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const method = request.method ?? "";
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const query = url.searchParams.toString();
  const key = decodeURIComponent(url.pathname.split("/").slice(2).join("/"));
  const call: S3Call = { method, key, query, status: 0, bytes: body.byteLength };
  state.calls.push(call);
  const found = state.troubles.findIndex(({ on }) => on({ method, query }));
  const trouble = found === -1 ? undefined : state.troubles.splice(found, 1)[0]?.kind;
  if (trouble === "drop") return void response.destroy();
  const answer = await answerTo(state, { request, url, method, key, body, trouble });
  call.status = answer.status;
  if (trouble === "answer_lost") return void response.destroy();
  await send(response, { method, answer, breaksOff: trouble === "break_off" });
}

interface Asked {
  request: IncomingMessage;
  url: URL;
  method: string;
  key: string;
  body: Buffer;
  trouble: S3Trouble | undefined;
}

async function answerTo(state: State, asked: Asked): Promise<Answer> {
  try {
    checkSignature(state, asked);
    if (asked.trouble === "slow_down") throw new Refusal(503, "SlowDown", "Please reduce your request rate.");
    if (asked.trouble === "forbidden") throw new Refusal(403, "AccessDenied", "Access Denied");
    if (asked.url.pathname.split("/")[1] !== FAKE_S3.bucket) {
      throw new Refusal(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return await carryOut(state, asked);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${error.message}</Message><RequestId>1</RequestId></Error>`;
    return { status: error.status, text };
  }
}

async function carryOut(state: State, asked: Asked): Promise<Answer> {
  const { url, method } = asked;
  const { searchParams } = url;
  const uploadId = searchParams.get("uploadId");
  if (method === "POST" && searchParams.has("uploads")) return begin(state, asked);
  if (uploadId !== null) {
    const upload = state.uploads.get(uploadId);
    if (upload?.key !== asked.key) throw new Refusal(404, "NoSuchUpload", "The upload does not exist.");
    if (method === "PUT") return await putPart(state, asked, upload, uploadId);
    if (method === "POST") return await complete(state, asked, upload, uploadId);
    if (method === "DELETE") {
      await dropUpload(state, upload, uploadId);
      return { status: 204 };
    }
  } else if (method === "PUT") return await putObject(state, asked);
  else if (method === "GET" || method === "HEAD") return await getObject(state, asked);
  else if (method === "DELETE") {
    await rm(placeOf(state, asked.key), { force: true });
    return { status: 204 };
  }
  throw new Refusal(405, "MethodNotAllowed");
}

const placeOf = (state: State, key: string): string =>
  path.join(state.folder, `object-${encodeURIComponent(key)}`);

async function putObject(state: State, { request, key, body }: Asked): Promise<Answer> {
  if (request.headers["content-length"] === undefined) throw new Refusal(411, "MissingContentLength");
  checkChecksum(request, body);
  const place = path.join(state.folder, randomUUID());
  await writeFile(place, body);
  await rename(place, placeOf(state, key));
  return { status: 200, headers: { etag: tagOf(body) } };
}

async function getObject(state: State, { request, key, method }: Asked): Promise<Answer> {
  const place = placeOf(state, key);
  const found = await stat(place).catch(() => null);
  if (!found) throw new Refusal(404, "NoSuchKey", "The specified key does not exist.");
  const last = found.size - 1;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range || method === "HEAD") {
    const headers = { "content-length": String(found.size), "accept-ranges": "bytes" };
    return { status: 200, headers, file: { place, start: 0, end: last } };
  }
  const start = Number(range[1]);
  const end = Math.min(last, range[2] ? Number(range[2]) : last);
  if (start > last) throw new Refusal(416, "InvalidRange", "The requested range is not satisfiable");
  const headers = {
    "content-length": String(end - start + 1),
    "content-range": `bytes ${start}-${end}/${found.size}`,
  };
  return { status: 206, headers, file: { place, start, end } };
}

function begin(state: State, { key }: Asked): Answer {
  // With characters that an address has to encode and XML has to escape.
  const uploadId = `${randomUUID()}+/=&`;
  state.uploads.set(uploadId, { key, parts: new Map() });
  return {
    status: 200,
    text: `<InitiateMultipartUploadResult><Bucket>${FAKE_S3.bucket}</Bucket><Key>${key}</Key><UploadId>${uploadId.replace("&", "&amp;")}</UploadId></InitiateMultipartUploadResult>`,
  };
}

async function putPart(
  state: State,
  { request, url, body }: Asked,
  upload: Upload,
  uploadId: string,
): Promise<Answer> {
  const number = Number(url.searchParams.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new Refusal(400, "InvalidArgument");
  checkChecksum(request, body);
  const place = path.join(state.folder, `part-${encodeURIComponent(uploadId)}-${number}`);
  await writeFile(place, body);
  upload.parts.set(number, { tag: tagOf(body), bytes: body.byteLength, place });
  return { status: 200, headers: { etag: tagOf(body) } };
}

async function complete(
  state: State,
  { body, trouble }: Asked,
  upload: Upload,
  uploadId: string,
): Promise<Answer> {
  const listed = [
    ...body
      .toString()
      .matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>&quot;(\w+)&quot;<\/ETag><\/Part>/g),
  ];
  if (listed.length === 0) throw new Refusal(400, "MalformedXML");
  const parts = listed.map(([, number, tag], index) => {
    const part = upload.parts.get(Number(number));
    if (Number(number) !== index + 1) throw new Refusal(400, "InvalidPartOrder");
    if (part?.tag !== `"${tag}"`) throw new Refusal(400, "InvalidPart");
    const isLast = index === listed.length - 1;
    if (!isLast && part.bytes < state.minPartBytes) throw new Refusal(400, "EntityTooSmall");
    return part;
  });
  if (trouble === "late_error") {
    return { status: 200, text: "<Error><Code>InternalError</Code><Message>Try again.</Message></Error>" };
  }
  const place = path.join(state.folder, randomUUID());
  for (const part of parts) {
    await pipeline(createReadStream(part.place), createWriteStream(place, { flags: "a" }));
  }
  await rename(place, placeOf(state, upload.key));
  await dropUpload(state, upload, uploadId);
  return { status: 200, text: "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>" };
}

async function dropUpload(state: State, upload: Upload, uploadId: string): Promise<void> {
  state.uploads.delete(uploadId);
  for (const { place } of upload.parts.values()) await rm(place, { force: true });
}

async function send(
  response: ServerResponse,
  { method, answer, breaksOff }: { method: string; answer: Answer; breaksOff: boolean },
): Promise<void> {
  const { status, headers = {}, text = "", file } = answer;
  response.writeHead(status, headers);
  if (method === "HEAD" || !file || file.end < file.start) {
    response.end(method === "HEAD" ? undefined : text);
    return;
  }
  const { place, start, end } = file;
  if (!breaksOff) return pipeline(createReadStream(place, { start, end }), response);
  const half = (await readFile(place)).subarray(start, start + Math.ceil((end - start + 1) / 2));
  response.write(half, () => response.destroy());
}

function tagOf(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function checkChecksum(request: IncomingMessage, body: Buffer): void {
  const claimed = request.headers["x-amz-checksum-sha256"];
  if (claimed === undefined || claimed === createHash("sha256").update(body).digest("base64")) return;
  throw new Refusal(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.");
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 15 * 60_000;

/** Signature version 4, from the published description of it. */
function checkSignature(state: State, { request, url, method, body }: Asked): void {
  const { headers } = request;
  const [, id, day = "", region = "", signed = "", signature] =
    AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
  if (id === undefined) throw new Refusal(403, "AccessDenied", "Access Denied");
  if (id !== FAKE_S3.accessKeyId) {
    throw new Refusal(403, "InvalidAccessKeyId", "The access key Id you provided does not exist.");
  }
  if (region !== FAKE_S3.region) {
    throw new Refusal(400, "AuthorizationHeaderMalformed", `The region '${region}' is wrong.`);
  }
  if (state.sessionToken !== null && headers["x-amz-security-token"] !== state.sessionToken) {
    throw new Refusal(403, "InvalidToken", "The provided token is malformed.");
  }
  const names = signed.split(";");
  const mustBeSigned = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (mustBeSigned.some((name) => !names.includes(name)))
    throw new Refusal(403, "AccessDenied", "Unsigned headers");
  const date = String(headers["x-amz-date"]);
  const sentAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - sentAt) < MAX_SKEW_MS) || !date.startsWith(day)) {
    throw new Refusal(403, "RequestTimeTooSkewed", "The difference between the times is too large.");
  }
  const claimed = String(headers["x-amz-content-sha256"]);
  if (claimed !== createHash("sha256").update(body).digest("hex")) {
    throw new Refusal(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided header does not match what was computed.",
    );
  }
  const canonical = [
    method,
    url.pathname.split("/").map(encoded).join("/"),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    signed,
    claimed,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hashed].join("\n");
  const signingKey = [region, "s3", "aws4_request"].reduce(
    (key, text) => hmac(key, text),
    hmac(`AWS4${FAKE_S3.secretAccessKey}`, day),
  );
  if (hmac(signingKey, toSign).toString("hex") !== signature) {
    throw new Refusal(403, "SignatureDoesNotMatch", "The request signature does not match.");
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => [
    encodeURIComponent(name),
    encodeURIComponent(value),
  ]);
  return pairs
    .toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function encoded(part: string): string {
  return encodeURIComponent(decodeURIComponent(part));
}
