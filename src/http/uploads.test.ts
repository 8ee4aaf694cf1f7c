import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pngOf } from "../../test/support/fake-files.ts";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import type { ProblemBody, RerunAnswer, Upload } from "./app.ts";

const API = "/api/combinations";
const PNG = pngOf(40, 30);

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: { openai: "sk-1" } });
});

afterEach(() => rig.close());

function file(name: string, content: Uint8Array | string, type = ""): File {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new File([new Uint8Array(bytes)], name, { type });
}

async function upload(files: File[], headers: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  for (const one of files) form.append("file", one);
  return await rig.app.request(`${API}/artifacts`, { method: "POST", body: form, headers });
}

async function stored(files: File[]): Promise<Upload["artifacts"]> {
  const response = await upload(files);
  const text = await response.text();
  if (response.status !== 201) throw new Error(text);
  const answer: Upload = JSON.parse(text);
  return answer.artifacts;
}

/** What a refusal says, after seeing that it left nothing behind. */
async function refused(response: Response): Promise<ProblemBody> {
  const problem: ProblemBody = JSON.parse(await response.text());
  expect((await rig.countRows())["artifacts"]).toBe(0);
  expect(await contents()).toEqual([]);
  return problem;
}

/** Every file in the store, temporary ones included. */
async function contents(): Promise<string[]> {
  const places = [path.join(rig.folder, "artifacts"), path.join(rig.folder, "incoming")];
  const found = await Promise.all(
    places.map((place) => readdir(place, { recursive: true, withFileTypes: true }).catch(() => [])),
  );
  return found.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

describe("POST /artifacts", () => {
  test("stores files and says what they are by their bytes", async () => {
    const [picture, text] = await stored([
      file("../../etc/passwd", PNG, "text/html"),
      file("notes.md", "# Bonjour\n"),
    ]);
    expect(picture).toMatchObject({
      media_type: "image/png",
      width: 40,
      height: 30,
      bytes: PNG.byteLength,
    });
    expect(text).toMatchObject({ media_type: "text/markdown", bytes: 10 });
    const served = await rig.send("GET", picture?.url ?? "");
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(new Uint8Array(PNG));
    expect(served.headers.get("Content-Type")).toBe("image/png");
    expect(await contents()).toHaveLength(2);
  });

  test("stores the same bytes once, under an id each", async () => {
    const [one, other] = await stored([file("a.png", PNG), file("b.png", PNG)]);
    expect(one?.id).not.toBe(other?.id);
    expect(await contents()).toHaveLength(1);
  });

  test.each<[string, File]>([
    ["a web page named .png", file("cat.png", "<!doctype html><script>alert(1)</script>", "image/png")],
    ["a web page", file("a.html", "<p>x</p>", "text/html")],
    ["an SVG", file("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")],
    ["a script", file("a.js", "alert(1)", "text/javascript")],
    ["a program", file("a.mp3", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), "audio/mpeg")],
    ["bytes that are no text", file("a.txt", new Uint8Array([0xff, 0xfe, 0x00, 0x81]), "text/plain")],
  ])("refuses %s, and stores nothing of the request", async (_what, hostile) => {
    const problem = await refused(await upload([file("ok.png", PNG), hostile]));
    expect(problem.status).toBe(415);
    expect(problem.errors[0]?.path).toBe("file[1]");
  });

  test("refuses what is too large, whether or not its length was announced", async () => {
    const large = new Uint8Array(1024 * 1024 + 1);
    expect(await refused(await upload([file("a.png", large)]))).toMatchObject({ status: 413 });
    const body = new FormData();
    body.append("file", file("a.png", large));
    const request = new Request("http://127.0.0.1/", { method: "POST", body });
    const type = request.headers.get("Content-Type") ?? "";
    const response = await rig.app.request(`${API}/artifacts`, {
      method: "POST",
      body: request.body,
      headers: { "Content-Type": type },
      duplex: "half",
    } as RequestInit);
    expect(await refused(response)).toMatchObject({ status: 413 });
  });

  test("refuses more files than it takes, and a hundred parts without any", async () => {
    expect(
      await refused(await upload(Array.from({ length: 21 }, (_, index) => file(`${index}.png`, PNG)))),
    ).toMatchObject({ status: 422 });
    const form = new FormData();
    for (let index = 0; index < 100; index++) form.append(`field${index}`, "x");
    expect(
      await refused(await rig.app.request(`${API}/artifacts`, { method: "POST", body: form })),
    ).toMatchObject({ status: 422 });
  });

  const boundary = "----x";
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n`;

  test.each([
    ["no file", `--${boundary}--\r\n`],
    ["nothing", ""],
    ["a body that ends in the middle", `${head}\r\nabc`],
    ["a part without a head", `--${boundary}\r\n\r\nabc\r\n--${boundary}--\r\n`],
    ["a head without an end", `${head}X: ${"x".repeat(20_000)}`],
  ])("refuses %s", async (_what, body) => {
    const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
    expect(
      await refused(await rig.app.request(`${API}/artifacts`, { method: "POST", body, headers })),
    ).toMatchObject({ status: 422 });
  });

  test("reads a file that holds what looks like a boundary", async () => {
    const content = `\r\n--${boundary}\r\n--${boundary.slice(0, -1)}\r\n`;
    const body = `${head}\r\n${content.slice(0, 2)}-- ${boundary}\r\n--\r\n--${boundary}--`;
    const headers = { "Content-Type": `multipart/form-data; boundary="${boundary}"` };
    const response = await rig.app.request(`${API}/artifacts`, { method: "POST", body, headers });
    const answer: Upload = JSON.parse(await response.text());
    const served = await rig.send("GET", answer.artifacts[0]?.url ?? "");
    expect(await served.text()).toBe(`\r\n-- ${boundary}\r\n--`);
  });

  test("refuses JSON, a form without a boundary, and another site", async () => {
    expect(await refused(await rig.send("POST", `${API}/artifacts`, { file: "x" }))).toMatchObject({
      status: 415,
    });
    const headers = { "Content-Type": "multipart/form-data" };
    expect(
      await refused(await rig.app.request(`${API}/artifacts`, { method: "POST", body: "x", headers })),
    ).toMatchObject({ status: 415 });
    expect(
      await refused(await upload([file("a.png", PNG)], { Origin: "https://evil.example" })),
    ).toMatchObject({ status: 403 });
  });

  test("forgets after a day what nobody used, and keeps what an execution uses", async () => {
    const steps = [{ step_number: 1, ai_provider: "dall-e", prompt: "{topic}" }];
    const id = await rig.execute({ steps, initial_input: "x", mode: "rehearsal" });
    await rig.waitFor(id, "completed");
    const [used, unused] = await stored([file("a.png", PNG), file("b.png", pngOf(8, 8))]);
    const body = { replace: [{ step_number: 1, artifact_ids: [used?.id] }] };
    const response = await rig.send("POST", `${API}/executions/${id}/rerun`, body);
    const { execution_id: second }: RerunAnswer = JSON.parse(await response.text());
    const { results } = await rig.waitFor(second, "completed");
    await rig.db
      .updateTable("artifacts")
      .set({ created_at: "2020-01-01T00:00:00.000Z" })
      .where("execution_id", "is", null)
      .execute();
    await stored([file("c.txt", "x")]);
    expect((await rig.send("GET", unused?.url ?? "")).status).toBe(404);
    expect((await rig.send("GET", used?.url ?? "")).status).toBe(404);
    expect((await rig.send("GET", results[0]?.url ?? "")).status).toBe(200);
    expect(await contents()).toHaveLength(3);
  });
});
