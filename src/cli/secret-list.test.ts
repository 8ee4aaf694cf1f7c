import { describe, expect, test } from "vitest";
import { readSettings } from "./config.ts";
import { SecretList } from "./secret-list.ts";

describe("the scrubber of the log", () => {
  const settings = readSettings({
    OPENAI_API_KEY: "sk-env-0123456789",
    RELAIS_SECRET_KEY: "neuf vagues sur la digue grise",
  });

  test("takes out the secrets of the settings", () => {
    const secrets = new SecretList(settings);
    const line = JSON.stringify({ message: "sk-env-0123456789, neuf vagues sur la digue grise" });
    expect(secrets.removedFrom(line)).toBe('{"message":"[removed], [removed]"}');
  });

  test("takes out keys that come up later in every form they travel in, and knows the old ones for good", () => {
    const secrets = new SecretList(settings);
    const [old, pair] = ["old-key-0123456789", 'access1234:sec"ret/5678'];
    expect(secrets.removedFrom(old)).toBe(old);
    secrets.addKey(old);
    secrets.addKey(pair);
    const forms = [
      old,
      pair,
      encodeURIComponent(pair),
      Buffer.from(pair).toString("base64url"),
      'sec"ret/5678',
      "access1234",
    ];
    const line = secrets.removedFrom(JSON.stringify({ forms }));
    expect(JSON.parse(line)).toEqual({ forms: forms.map((form) => form.replace(form, "[removed]")) });
  });
});
