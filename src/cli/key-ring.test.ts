import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import { listProviderKeys, storeProviderKey } from "../db/provider-key-store.ts";
import { makeSecret } from "./key-cipher.ts";
import { DatabaseKeyRing } from "./key-ring.ts";

const KEY = "sk-proj-0123456789abcdefghij-x9Qf";
const SECRET = makeSecret();

let store: TestStore;
let logged: string[];
let told: string[];
let announced: number;

beforeEach(async () => {
  store = await openTestStore();
  [logged, told, announced] = [[], [], 0];
});

afterEach(() => store.remove());

function log(fields: object, message: string): void {
  logged.push(`${JSON.stringify(fields)} ${message}`);
}

async function open(secret: string | null, oldSecret: string | null = null): Promise<DatabaseKeyRing> {
  return await DatabaseKeyRing.open({
    db: store.db,
    writer: store.writer,
    secret,
    oldSecret,
    secrets: { addKey: (key) => told.push(key) },
    announce: () => {
      announced += 1;
    },
    logger: { warn: log, info: log, error: log },
  });
}

describe("keys given on the page", () => {
  test("hold at once, and again when the database is opened anew", async () => {
    const ring = await open(SECRET);
    expect(ring.keyOf("OPENAI_API_KEY")).toBeNull();
    await ring.store("OPENAI_API_KEY", KEY);
    expect(ring.keyOf("OPENAI_API_KEY")).toBe(KEY);
    expect(ring.stateOf("OPENAI_API_KEY")).toMatchObject({ ending: "x9Qf", problem: null });
    const again = await open(SECRET);
    expect(again.keyOf("OPENAI_API_KEY")).toBe(KEY);
    expect(logged).toEqual([]);
    await again.remove("OPENAI_API_KEY");
    expect(again.keyOf("OPENAI_API_KEY")).toBeNull();
    expect(await listProviderKeys(store.db)).toEqual([]);
  });

  test("stand nowhere in the files of the database", async () => {
    const ring = await open(SECRET);
    await ring.store("OPENAI_API_KEY", KEY);
    const files = await readdir(store.folder);
    for (const file of files.filter((name) => name.startsWith("relais.db"))) {
      const bytes = await readFile(path.join(store.folder, file));
      for (const form of [KEY, Buffer.from(KEY).toString("base64").slice(0, 40), SECRET]) {
        expect([file, bytes.includes(form)]).toEqual([file, false]);
      }
    }
    expect(JSON.stringify(await listProviderKeys(store.db))).not.toContain(KEY);
  });

  test("show nothing of themselves where they are short", async () => {
    const ring = await open(SECRET);
    await ring.store("SUNO_API_KEY", "short-key-1234");
    expect(ring.stateOf("SUNO_API_KEY")?.ending).toBeNull();
  });

  test("are told to the log's scrubber, those that were replaced too", async () => {
    const ring = await open(SECRET);
    await ring.store("OPENAI_API_KEY", "first-key-0123456789");
    await ring.store("OPENAI_API_KEY", KEY);
    expect(new Set(told)).toEqual(new Set(["first-key-0123456789", KEY]));
    told = [];
    await open(SECRET);
    expect(told).toEqual([KEY]);
  });

  test("are heard of by other processes on the same database", async () => {
    const [one, other] = [await open(SECRET), await open(SECRET)];
    await one.store("OPENAI_API_KEY", KEY);
    expect(announced).toBe(1);
    expect(other.keyOf("OPENAI_API_KEY")).toBeNull();
    await other.refresh();
    expect(other.keyOf("OPENAI_API_KEY")).toBe(KEY);
  });

  test("cannot be stored without a secret, and those that are there stay unread and untouched", async () => {
    await (await open(SECRET)).store("OPENAI_API_KEY", KEY);
    const before = await listProviderKeys(store.db);
    const ring = await open(null);
    expect(ring.canStore).toBe(false);
    expect(ring.keyOf("OPENAI_API_KEY")).toBeNull();
    expect(ring.stateOf("OPENAI_API_KEY")?.problem).toBe("no_secret");
    await expect(ring.store("MISTRAL_API_KEY", KEY)).rejects.toThrow("no secret");
    expect(await listProviderKeys(store.db)).toEqual(before);
  });

  test("that another secret sealed are said to be unreadable, kept, and replaced by a new one", async () => {
    await (await open(SECRET)).store("OPENAI_API_KEY", KEY);
    const ring = await open(makeSecret());
    expect(ring.stateOf("OPENAI_API_KEY")).toMatchObject({ problem: "other_secret", ending: null });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain("OPENAI_API_KEY");
    expect(logged[0]).not.toContain(KEY);
    expect((await open(SECRET)).keyOf("OPENAI_API_KEY")).toBe(KEY);
    await ring.store("OPENAI_API_KEY", "another-key-0123456789");
    expect(ring.keyOf("OPENAI_API_KEY")).toBe("another-key-0123456789");
  });

  test("whose seals were swapped are not used", async () => {
    const ring = await open(SECRET);
    await ring.store("OPENAI_API_KEY", KEY);
    const [openai] = await listProviderKeys(store.db);
    if (!openai) throw new Error("it is stored");
    await store.writer.write(async (trx) => {
      await storeProviderKey(trx, { ...openai, variable: "OPENAI_COMPATIBLE_API_KEY" });
    });
    await ring.refresh();
    expect(ring.keyOf("OPENAI_COMPATIBLE_API_KEY")).toBeNull();
    expect(ring.stateOf("OPENAI_COMPATIBLE_API_KEY")?.problem).toBe("damaged");
    expect(ring.keyOf("OPENAI_API_KEY")).toBe(KEY);
  });

  test("are sealed anew where the secret before is given", async () => {
    await (await open(SECRET)).store("OPENAI_API_KEY", KEY);
    const secret = "une autre phrase, bien plus longue";
    expect((await open(secret, makeSecret())).keyOf("OPENAI_API_KEY")).toBeNull();
    expect((await open(secret, SECRET)).keyOf("OPENAI_API_KEY")).toBe(KEY);
    expect((await open(secret)).keyOf("OPENAI_API_KEY")).toBe(KEY);
    expect((await open(SECRET)).keyOf("OPENAI_API_KEY")).toBeNull();
  });
});
