import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { ProblemBody } from "./app.ts";

const API = "/api/combinations";
const STEP = { step_number: 1, ai_provider: "gpt-4", prompt: "Un poème sur {topic}" };
const IMAGE = { step_number: 1, ai_provider: "dall-e", prompt: "Un chat" };
const VOICE = { step_number: 2, ai_provider: "elevenlabs", prompt: "{step1_output}" };

interface BadInput {
  says: string;
  /** POST where there is a body, otherwise GET. */
  method?: string;
  path: string;
  body?: unknown;
  /** The body as it is, where it is not JSON. */
  raw?: string | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  status: number;
  code: string;
  /** The path of the first mistake; absent where no field is to blame. */
  at?: string;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const MEBIBYTE = 1024 * 1024;

function saving(says: string, body: object, at: string, code = "invalid_workflow"): BadInput {
  return {
    says,
    path: `${API}/workflows`,
    body: { name: "w", steps: [STEP], ...body },
    status: 422,
    code,
    at,
  };
}

function running(says: string, body: object, at: string, code = "invalid_request"): BadInput {
  return {
    says,
    path: `${API}/execute`,
    body: { initial_input: "x", mode: "rehearsal", ...body },
    status: 422,
    code,
    at,
  };
}

function notFound(says: string, content: object): BadInput {
  const body = { initial_input: "x", mode: "rehearsal", ...content };
  return { says, path: `${API}/execute`, body, status: 404, code: "not_found" };
}

function missing(says: string, path: string, method = "GET"): BadInput {
  return { says, path: `${API}${path}`, method, status: 404, code: "not_found" };
}

function withKey(key: string): BadInput {
  const says = `the idempotency key ${JSON.stringify(key.slice(0, 9))}`;
  return {
    ...running(says, { steps: [STEP] }, "Idempotency-Key"),
    headers: { "Idempotency-Key": key },
  };
}

function badQuery(path: string, at: string): BadInput {
  return { says: path, path: `${API}${path}`, status: 422, code: "invalid_request", at };
}

function sending(says: string, raw: BadInput["raw"], rest: Partial<BadInput>): BadInput {
  return {
    says,
    path: `${API}/execute`,
    raw: raw ?? "",
    headers: JSON_TYPE,
    status: 400,
    code: "malformed_json",
    ...rest,
  };
}

/** So many bytes of JSON without an announced length. */
function chunked(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 64 * 1024);
      left -= size;
      if (size === 0) controller.close();
      else controller.enqueue(new Uint8Array(size).fill(0x20));
    },
  });
}

const UNDECLARED = { Host: "127.0.0.1:8000" };
const TOO_LARGE = { status: 413, code: "body_too_large" };
const WRONG_TYPE = { status: 415, code: "unsupported_media_type" };
const IDS = [
  "999",
  "-1",
  "0",
  "abc",
  "1.5",
  "1e3",
  "9007199254740993",
  "99999999999999999999",
  "%00",
  "1%20",
  "٣",
];

const TABLE: BadInput[] = [
  sending("malformed JSON", '{"steps": [', {}),
  sending("an empty body", "", {}),
  sending("JSON with something behind it", "{} {}", {}),
  sending("malformed JSON for a workflow", "{'name': 1}", { path: `${API}/workflows` }),
  sending("a body that is a list", "[]", { status: 422, code: "invalid_request", at: "" }),
  sending("a body that is a text", '"x"', { status: 422, code: "invalid_request", at: "" }),
  sending("null", "null", { status: 422, code: "invalid_request", at: "" }),
  sending("lists a hundred thousand deep", "[".repeat(100_000), {
    status: 422,
    code: "invalid_request",
    at: "",
  }),
  sending(
    "parameters a hundred levels deep",
    `{"steps":[{"parameters":{"a":${"[".repeat(100)}${"]".repeat(100)}}}]}`,
    {
      status: 422,
      code: "invalid_request",
      at: "",
    },
  ),
  sending("a form", "a=1", {
    ...WRONG_TYPE,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
  sending("plain text", "{}", { ...WRONG_TYPE, headers: { "Content-Type": "text/plain" } }),
  sending("a type that only begins like JSON", "{}", {
    ...WRONG_TYPE,
    headers: { "Content-Type": "application/jsonp" },
  }),
  sending("multipart", "--x--", {
    ...WRONG_TYPE,
    headers: { "Content-Type": "multipart/form-data; boundary=x" },
  }),
  sending("a body of no type", chunked(2), { ...WRONG_TYPE, headers: UNDECLARED }),
  sending("a cancel with a form", "a=1", {
    ...WRONG_TYPE,
    path: `${API}/executions/1/cancel`,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
  sending("a body over 1 MiB", " ".repeat(MEBIBYTE + 1), TOO_LARGE),
  sending("an announced body over 1 MiB", " ".repeat(MEBIBYTE + 1), {
    ...TOO_LARGE,
    headers: { ...JSON_TYPE, "Content-Length": String(MEBIBYTE + 1) },
  }),
  sending("a body over 1 MiB without a length", chunked(MEBIBYTE + 1), TOO_LARGE),

  ...["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost@evil.example", ""].map(
    (host): BadInput => ({
      says: `the host ${JSON.stringify(host)}`,
      path: `${API}/workflows`,
      headers: { Host: host },
      status: 403,
      code: "forbidden_host",
    }),
  ),
  ...[
    "https://evil.example",
    "null",
    "http://localhost:9999",
    "file://localhost",
    "http://localhost.evil.example",
  ].map((origin): BadInput => ({
    says: `the origin ${origin}`,
    path: `${API}/execute`,
    body: { steps: [STEP], initial_input: "x", mode: "rehearsal" },
    headers: { Origin: origin, Host: "localhost:8000" },
    status: 403,
    code: "forbidden_origin",
  })),
  {
    says: "a cross-site POST without an origin",
    path: `${API}/execute`,
    body: { steps: [STEP] },
    headers: { "Sec-Fetch-Site": "cross-site" },
    status: 403,
    code: "forbidden_origin",
  },
  {
    says: "a foreign origin that reads",
    path: `${API}/executions`,
    headers: { Origin: "https://evil.example" },
    status: 403,
    code: "forbidden_origin",
  },

  ...IDS.flatMap((id) => [
    missing(`workflow ${id}`, `/workflows/${id}`),
    missing(`deleting workflow ${id}`, `/workflows/${id}`, "DELETE"),
    missing(`execution ${id}`, `/executions/${id}`),
    missing(`deleting execution ${id}`, `/executions/${id}`, "DELETE"),
    missing(`events of ${id}`, `/executions/${id}/events`),
    missing(`cancelling ${id}`, `/executions/${id}/cancel`, "POST"),
    missing(`events of several, ${id}`, `/events?executions=${id}`),
    {
      ...missing(`deciding ${id}`, `/executions/${id}/decision`, "POST"),
      body: { decision: "retry", step_number: 1 },
    },
  ]),
  missing("an unknown file", "/artifacts/nothing"),
  missing("a path for a file", "/artifacts/..%2F..%2Fetc%2Fpasswd"),
  missing("an unknown address", "/nothing"),
  notFound("an unknown workflow", { workflow_id: 999 }),
  notFound("a workflow id that is none", { workflow_id: -1.5 }),
  notFound("an unknown template", { template_id: "nothing" }),
  notFound("a template of an unknown workflow", { template_id: "workflow-999" }),
  {
    says: "another method",
    method: "PATCH",
    path: `${API}/workflows`,
    status: 405,
    code: "method_not_allowed",
  },
  { says: "GET where POST is", path: `${API}/execute`, status: 405, code: "method_not_allowed" },

  ...["0", "101", "-1", "abc", "1.5", "", "1e1", "99999999999999999999"].flatMap((limit) => [
    badQuery(`/workflows?limit=${limit}`, "limit"),
    badQuery(`/executions?limit=${limit}`, "limit"),
  ]),
  ...["x", "", "MQ", Buffer.from("executions:1").toString("base64url"), "%F0%9F%98%80"].map((cursor) =>
    badQuery(`/workflows?cursor=${cursor}`, "cursor"),
  ),
  badQuery(`/executions?cursor=${Buffer.from("workflows:1").toString("base64url")}`, "cursor"),
  badQuery(`/executions?cursor=${Buffer.from("executions:-1").toString("base64url")}`, "cursor"),
  badQuery("/executions?limit=1&limit=2", "limit"),
  badQuery("/executions?status=done", "status"),
  badQuery("/executions?mode=fast", "mode"),
  badQuery("/executions?workflow_id=abc", "workflow_id"),
  badQuery("/events", "executions"),
  badQuery("/events?executions=", "executions"),
  badQuery(
    `/events?executions=${Array.from({ length: 101 }, (_, index) => index + 1).join(",")}`,
    "executions",
  ),
  badQuery("/executions/1/events?last_event_id=x", "last_event_id"),
  badQuery("/events?executions=1&last_event_id=5", "last_event_id"),

  saving("no steps", { steps: [] }, "steps"),
  saving("steps that are no list", { steps: "x" }, "steps"),
  saving(
    "21 steps",
    { steps: Array.from({ length: 21 }, (_, index) => ({ ...STEP, step_number: index + 1 })) },
    "steps",
  ),
  saving("duplicate numbers", { steps: [STEP, STEP] }, "steps[1].step_number"),
  saving("a gap in the numbers", { steps: [STEP, { ...STEP, step_number: 3 }] }, "steps[1].step_number"),
  saving("a number that is a text", { steps: [{ ...STEP, step_number: "1" }] }, "steps[0].step_number"),
  saving("an unknown family", { steps: [{ ...STEP, ai_provider: "gpt-nine" }] }, "steps[0].ai_provider"),
  saving(
    "an unknown provider",
    { steps: [{ ...STEP, ai_provider: "nobody:model" }] },
    "steps[0].ai_provider",
  ),
  saving("an empty prompt", { steps: [{ ...STEP, prompt: "" }] }, "steps[0].prompt"),
  saving(
    "a prompt over 100,000 characters",
    { steps: [{ ...STEP, prompt: "x".repeat(100_001) }] },
    "steps[0].prompt",
  ),
  saving("a reference to itself", { steps: [{ ...STEP, prompt: "{step1_output}" }] }, "steps[0].prompt"),
  saving(
    "a reference to a later step",
    { steps: [{ ...STEP, prompt: "{step2_output}" }, VOICE] },
    "steps[0].prompt",
  ),
  saving(
    "a reference to a missing step",
    { steps: [STEP, { ...VOICE, prompt: "{step9_output}" }] },
    "steps[1].prompt",
  ),
  saving("a reference to nothing", { steps: [{ ...STEP, prompt: "{topik}" }] }, "steps[0].prompt"),
  saving(
    "use_previous_output on step 1",
    { steps: [{ ...STEP, use_previous_output: true }] },
    "steps[0].use_previous_output",
  ),
  saving("a file into a model that takes none", { steps: [IMAGE, VOICE] }, "steps[1].prompt"),
  saving(
    "a parameter out of range",
    { steps: [{ ...STEP, parameters: { max_output_tokens: 0 } }] },
    "steps[0].parameters.max_output_tokens",
  ),
  saving(
    "an unknown parameter",
    { steps: [{ ...STEP, parameters: { magic: 1 } }] },
    "steps[0].parameters.magic",
  ),
  saving("an unknown field of a step", { steps: [{ ...STEP, promt: "x" }] }, "steps[0].promt"),
  saving("an unknown field", { color: "red" }, "color", "invalid_request"),
  saving("an empty name", { name: "" }, "name", "invalid_request"),
  saving("a name of spaces", { name: "   " }, "name", "invalid_request"),
  saving("no name", { name: undefined }, "name", "invalid_request"),
  saving("a name over 200 characters", { name: "x".repeat(201) }, "name", "invalid_request"),
  saving(
    "a list that is more than one reference",
    { steps: [{ ...STEP, for_each: { in: "{topic} and more" } }] },
    "steps[0].for_each.in",
  ),
  saving(
    "a schema that is none",
    { steps: [{ ...STEP, output_schema: { type: "objet" } }] },
    "steps[0].output_schema",
  ),
  saving(
    "a schema for a picture",
    { steps: [{ ...STEP, ai_provider: "dall-e", output_schema: { type: "object" } }] },
    "steps[0].output_schema",
  ),
  saving("an approval in words", { steps: [{ ...STEP, approval: "yes" }] }, "steps[0].approval"),
  saving(
    "an approval within no time",
    { steps: [{ ...STEP, approval: { timeout_hours: 0 } }] },
    "steps[0].approval.timeout_hours",
  ),

  running("none of workflow_id, template_id and steps", {}, "workflow_id"),
  running("two of them", { template_id: "creation-contenu", steps: [STEP] }, "template_id"),
  running("all of them", { workflow_id: 1, template_id: "creation-contenu", steps: [STEP] }, "workflow_id"),
  running(
    "an empty topic for a template",
    { template_id: "creation-contenu", initial_input: "" },
    "initial_input",
  ),
  running("a topic of spaces", { steps: [STEP], initial_input: " \n" }, "initial_input"),
  running("a topic that is a number", { steps: [STEP], initial_input: 1 }, "initial_input"),
  running(
    "a topic over 100,000 characters",
    { steps: [STEP], initial_input: "x".repeat(100_001) },
    "initial_input",
  ),
  running("an input that nothing asks for", { steps: [STEP], inputs: { tone: "x" } }, "inputs.tone"),
  running("a title for a template", { template_id: "creation-contenu", title: "x" }, "title"),
  running("an empty title", { steps: [STEP], title: " " }, "title"),
  running("a title over 200 characters", { steps: [STEP], title: "x".repeat(201) }, "title"),
  running("an unknown mode", { steps: [STEP], mode: "fast" }, "mode"),
  running("a negative cap", { steps: [STEP], cap_usd: -1 }, "cap_usd"),
  running("a cap that is a text", { steps: [STEP], cap_usd: "1" }, "cap_usd"),
  running("an unknown field", { steps: [STEP], colour: "red" }, "colour"),
  running(
    "wrong steps",
    { steps: [{ ...STEP, ai_provider: "x" }] },
    "steps[0].ai_provider",
    "invalid_workflow",
  ),
  running("no steps", { steps: [] }, "steps", "invalid_workflow"),
  running(
    "a list of its own items",
    { steps: [{ ...STEP, for_each: { in: "{item}" } }] },
    "steps[0].for_each.in",
    "invalid_workflow",
  ),
  running(
    "a missing key",
    { steps: [STEP], mode: "live" },
    "steps[0].ai_provider",
    "provider_not_configured",
  ),
  running(
    "a model without a price under a cap",
    { steps: [{ ...STEP, ai_provider: "elevenlabs:eleven_v99" }], mode: "live", cap_usd: 1 },
    "steps[0].ai_provider",
    "unpriced_model",
  ),

  { says: "a decision that is none", ...decision({ decision: "maybe", step_number: 1 }), at: "decision" },
  { says: "a decision on step 0", ...decision({ decision: "retry", step_number: 0 }), at: "step_number" },
  { says: "a decision without a step", ...decision({ decision: "retry" }), at: "step_number" },
  {
    says: "a cap with a decision that has none",
    ...decision({ decision: "retry", step_number: 1, cap_usd: 1 }),
    at: "cap_usd",
  },
  {
    says: "an output with a decision that has none",
    ...decision({ decision: "reject", step_number: 1, output: { text: "x" } }),
    at: "output",
  },
  {
    says: "an output in two forms",
    ...decision({ decision: "approve", step_number: 1, output: { text: "x", json: 1 } }),
    at: "output",
  },
  {
    says: "an output of spaces",
    ...decision({ decision: "approve", step_number: 1, output: { text: " " } }),
    at: "output.text",
  },
  {
    says: "an output that is none",
    ...decision({ decision: "approve", step_number: 1, output: "x" }),
    at: "output",
  },
  ...["", " ", "é", "x".repeat(256)].map((key) => withKey(key)),
];

function decision(answer: object): Omit<BadInput, "says"> {
  return { path: `${API}/executions/1/decision`, body: answer, status: 422, code: "invalid_request" };
}

type Paths = Record<string, Record<string, { responses: Record<string, unknown> }>>;

let rig: HttpRig;
let paths: Paths;

beforeAll(async () => {
  rig = await openHttpRig({ keys: { elevenlabs: "sk-secret" } });
  const document: { paths: Paths } = JSON.parse(await (await rig.send("GET", "/api/openapi.json")).text());
  paths = document.paths;
});

/** Whether the OpenAPI document has this operation, and says nothing of this status. */
function isUndocumented(method: string, address: string, status: number): boolean {
  const [plain = ""] = address.split("?");
  const template = Object.keys(paths).find((path) =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(plain),
  );
  const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
  return operation !== undefined && !(String(status) in operation.responses);
}

afterAll(() => rig.close());

function requestOf({ method, body: json, raw, headers }: BadInput): RequestInit {
  const content = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  return {
    method: method ?? (content === undefined ? "GET" : "POST"),
    headers: {
      ...(raw === undefined && json !== undefined && JSON_TYPE),
      "Accept-Language": "en",
      ...headers,
    },
    ...(content !== undefined && { body: content, duplex: "half" }),
  };
}

/** What a run of a shipped template is refused with. */
async function refusedRun(template: string): Promise<ProblemBody> {
  const body = { template_id: template, initial_input: "x" };
  const response = await rig.send("POST", `${API}/execute?lang=en`, body);
  return JSON.parse(await response.text());
}

describe("bad input", () => {
  test.each(TABLE)("$says: $status $code", async (input) => {
    const before = await rig.countRows();
    const request = requestOf(input);
    const response = await rig.app.request(input.path, request);
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({ status: input.status });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    const problem: ProblemBody = JSON.parse(text);
    expect(problem).toMatchObject({
      type: `/docs/errors#${input.code}`,
      status: input.status,
      code: input.code,
    });
    expect(problem.errors[0]?.path).toBe(input.at);
    expect(problem.detail).toMatch(/\S/);
    expect(isUndocumented(request.method ?? "GET", input.path, input.status)).toBe(false);
    expect(text).not.toMatch(/\.ts:\d|node_modules|SQLITE|undefined|\[object/);
    expect(text).not.toContain("sk-secret");
    expect(await rig.countRows()).toEqual(before);
    expect(rig.studio.calls()).toBe(0);
  });

  test("is told in French where nothing else is asked for", async () => {
    const response = await rig.send("GET", `${API}/workflows/abc`, undefined, { "Accept-Language": "*" });
    const problem: ProblemBody = JSON.parse(await response.text());
    expect(problem.title).toBe("Introuvable");
    expect(response.headers.get("Content-Language")).toBe("fr");
  });

  test.each([
    [{ name: "" }, "name\u00a0: Ce texte ne peut pas être vide. Rien"],
    [{ name: "", color: 1 }, "vide (et 1 autre problème). Rien n’a été enregistré ni dépensé."],
    [{ name: "", color: 1, size: 1 }, "vide (et 2 autres problèmes). Rien n’a été"],
  ])("says of %j what is wrong and how much more there is", async (body, sentence) => {
    const response = await rig.send("POST", `${API}/workflows`, { steps: [STEP], ...body });
    const problem: ProblemBody = JSON.parse(await response.text());
    expect(problem.detail).toContain(sentence);
  });

  test("names each missing key and the rehearsal", async () => {
    const one = await refusedRun("creation-contenu");
    expect(one.code).toBe("provider_not_configured");
    expect(one.detail).toContain("OPENAI_API_KEY");
    expect(one.detail).not.toContain("ELEVENLABS_API_KEY");
    expect(one.detail).toContain('"mode": "rehearsal"');
    const several = await refusedRun("contenu-educatif");
    expect(several.detail).toContain("ANTHROPIC_API_KEY, BFL_API_KEY, OPENAI_API_KEY.");
  });
});
