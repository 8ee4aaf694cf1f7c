import { createHash } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAKE_S3, startFakeS3, type FakeS3 } from "../../test/support/fake-s3.ts";
import { MemoryHolds } from "./memory-holds.ts";
import { parseS3Location } from "./s3-location.ts";
import { S3Store, type S3StoreOptions } from "./s3-store.ts";
import { testArtifactStore } from "./store.testsuite.ts";

const PART_BYTES = 65_536;
const { accessKeyId, secretAccessKey, region } = FAKE_S3;

function openStore(fake: FakeS3, options: Partial<S3StoreOptions> = {}, bucket = "films"): S3Store {
  const location = parseS3Location(`s3://${bucket}/kept/here?endpoint=${fake.url}`);
  if (!location) throw new Error("the address of the fake is none");
  const credentials = { accessKeyId, secretAccessKey, sessionToken: null };
  return new S3Store({
    location,
    region,
    credentials,
    holds: new MemoryHolds(),
    partBytes: PART_BYTES,
    ...options,
  });
}

testArtifactStore("S3 store", async () => {
  const fake = await startFakeS3({ minPartBytes: PART_BYTES });
  const store = openStore(fake);
  let mended = true;
  await store.prove();
  return {
    store,
    async names() {
      const keys = (await fake.keys()).map((key) => key.replace(/^kept\/here\//, ""));
      const parts = Array.from({ length: fake.openUploads() }, () => "an upload that is not complete");
      return [...keys.filter((name) => name !== "relais.txt"), ...parts];
    },
    break: () => {
      mended = false;
      fake.trouble("forbidden", 1, () => !mended);
      return Promise.resolve();
    },
    mend: () => {
      mended = true;
      return Promise.resolve();
    },
    async close() {
      await store.close();
      await fake.stop();
    },
  };
});

const FILM = Buffer.from(Array.from({ length: 10 * PART_BYTES + 5 }, (_, place) => place % 249));
const HASH = createHash("sha256").update(FILM).digest("hex");

const isPart = ({ query }: { query: string }): boolean => query.includes("partNumber=");
const isCompletion = ({ method, query }: { method: string; query: string }): boolean =>
  method === "POST" && query.startsWith("uploadId=");

describe("an S3 store in trouble", () => {
  let folder: string;
  let fake: FakeS3;
  let store: S3Store;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "relais-s3-"));
    fake = await startFakeS3({ minPartBytes: PART_BYTES });
    store = openStore(fake);
  });

  afterEach(async () => {
    await store.close();
    await fake.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const film = async (): Promise<string> => {
    const place = path.join(folder, "film");
    await writeFile(place, FILM);
    return place;
  };
  test.each(["slow_down", "drop", "answer_lost"] as const)(
    "sends only the part again that met “%s”",
    async (trouble) => {
      fake.trouble(trouble, 3, isPart);
      expect(await store.put({ path: await film() })).toEqual({ hash: HASH, bytes: FILM.byteLength });
      expect(fake.calls.filter(isPart)).toHaveLength(11 + 3);
      expect(
        createHash("sha256")
          .update(await store.read(HASH))
          .digest("hex"),
      ).toBe(HASH);
      expect(fake.openUploads()).toBe(0);
    },
  );

  test.each(["answer_lost", "drop"] as const)(
    "stores a film whole though its completion met “%s”",
    async (trouble) => {
      fake.trouble(trouble, 1, isCompletion);
      expect(await store.put({ path: await film() })).toEqual({ hash: HASH, bytes: FILM.byteLength });
      expect(
        createHash("sha256")
          .update(await store.read(HASH))
          .digest("hex"),
      ).toBe(HASH);
      expect(fake.openUploads()).toBe(0);
    },
  );

  test("believes no completion that fails with status 200", async () => {
    fake.trouble("late_error", 1, isCompletion);
    const place = await film();
    await expect(store.put({ path: place })).rejects.toThrow("InternalError");
    expect(fake.openUploads()).toBe(0);
    expect(await fake.keys()).toEqual([]);
    expect(await store.put({ path: place })).toEqual({ hash: HASH, bytes: FILM.byteLength });
  });

  test("gives an upload up that cannot go on, and keeps the file", async () => {
    fake.trouble("forbidden", 1, isPart);
    const place = await film();
    await expect(store.put({ path: place })).rejects.toThrow("403 AccessDenied");
    expect(fake.openUploads()).toBe(0);
    expect(await fake.keys()).toEqual([]);
    expect((await stat(place)).size).toBe(FILM.byteLength);
  });

  test("does not send a film a second time", async () => {
    await store.put({ path: await film() });
    const sent = fake.calls.filter(isPart).length;
    await store.put({ path: await film() });
    expect(fake.calls.filter(isPart)).toHaveLength(sent);
  });

  test("goes on reading where it was when the connection breaks off", async () => {
    await store.put({ path: await film() });
    fake.trouble("break_off", 3, ({ method }) => method === "GET");
    const content = await store.open(HASH, { start: 100, end: 400_000 });
    const read = content && (await buffer(content));
    expect(read?.equals(FILM.subarray(100, 400_001))).toBe(true);
  });

  test("takes no part of an object for the whole", async () => {
    await store.put({ path: await film() });
    fake.trouble("break_off", 1, ({ method }) => method === "GET");
    fake.trouble("forbidden", 1, ({ method }) => method === "GET");
    await expect(store.read(HASH)).rejects.toThrow("403");
  });

  test("says that it cannot be used while it cannot, asking at most every five seconds", async () => {
    fake.trouble("drop", 1);
    await expect(store.check()).rejects.toThrow("does not answer");
    await expect(store.check()).rejects.toThrow("does not answer");
    expect(fake.calls).toHaveLength(1);
  });

  test("is refused with other credentials, region or bucket, and names no secret", async () => {
    const wrong = { accessKeyId, secretAccessKey: "another secret", sessionToken: null };
    const stores = [
      openStore(fake, { credentials: wrong }),
      openStore(fake, { credentials: { ...wrong, accessKeyId: "AKIANOBODY" } }),
      openStore(fake, { region: "us-east-1" }),
      openStore(fake, {}, "another"),
    ];
    const errors = await Promise.all(stores.map((one) => one.prove().catch((error: unknown) => error)));
    expect(errors).toMatchObject([
      { code: "SignatureDoesNotMatch" },
      { code: "InvalidAccessKeyId" },
      { code: "AuthorizationHeaderMalformed" },
      { code: "NoSuchBucket" },
    ]);
    expect(JSON.stringify(errors) + errors.map(String).join()).not.toMatch(/another secret|AKIA/);
    await Promise.all(stores.map((one) => one.close()));
  });

  test("sends the token of temporary credentials", async () => {
    const strict = await startFakeS3({ sessionToken: "temporary+token/=" });
    const given = openStore(strict, {
      credentials: { accessKeyId, secretAccessKey, sessionToken: "temporary+token/=" },
    });
    const without = openStore(strict);
    await expect(given.prove()).resolves.toBeUndefined();
    await expect(without.prove()).rejects.toThrow("InvalidToken");
    await Promise.all([given.close(), without.close()]);
    await strict.stop();
  });
});

describe("the address of an S3 store", () => {
  test.each([
    ["s3://films", { bucket: "films", prefix: "", endpoint: null, region: null, addressing: "host" }],
    ["s3://films.of.mine/", { bucket: "films.of.mine", prefix: "", addressing: "path" }],
    [
      "s3://films/a/b/?endpoint=http://127.0.0.1:9000&region=garage",
      {
        bucket: "films",
        prefix: "a/b/",
        endpoint: "http://127.0.0.1:9000",
        region: "garage",
        addressing: "path",
      },
    ],
    ["s3://films?endpoint=https://cos.example&addressing=host", { addressing: "host" }],
  ])("is read from %j", (text, expected) => {
    expect(parseS3Location(text)).toMatchObject(expected);
  });

  test.each([
    "films",
    "https://films",
    "s3://",
    "s3://Films_1",
    "s3://id:secret@films",
    "s3://films/../other",
    "s3://films/a b",
    "s3://films?endpoint=minio:9000",
    "s3://films?endpoint=https://id:secret@minio",
    "s3://films?endpoint=https://minio/path",
    "s3://films?access_key=x",
    "s3://films?region=EU West",
    "s3://films?addressing=both",
  ])("is not %j", (text) => {
    expect(parseS3Location(text)).toBeNull();
  });
});
