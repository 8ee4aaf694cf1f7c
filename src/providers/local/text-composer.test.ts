import { describe, expect, test } from "vitest";
import { composeText } from "./text-composer.ts";
import { countWords } from "./typeset.ts";

const FIRST_LINES = {
  fr: "*Texte de répétition, composé localement, sans modèle d’IA.*",
  en: "*Rehearsal text, composed locally, without an AI model.*",
};

function compose(prompt: string, topic = "Blockchain"): string {
  return composeText({ prompt, topic, parameters: {} });
}

/** The title of an article. */
function titleOf(prompt: string, topic: string): string {
  return /^# (.*)$/m.exec(compose(`${prompt} ${topic}`, topic))?.[1] ?? "";
}

/** The text without the line that says what it is. */
function bodyOf(text: string): string {
  return text.split("\n").slice(1).join("\n");
}

describe("composeText", () => {
  test("says in its first line that it is a rehearsal, in the language of the prompt", () => {
    expect(compose("Rédige un article sur Blockchain").split("\n").slice(0, 2)).toEqual([FIRST_LINES.fr, ""]);
    expect(compose("Write an article on Blockchain").split("\n").slice(0, 2)).toEqual([FIRST_LINES.en, ""]);
    expect(compose("Blockchain")).toContain(FIRST_LINES.fr);
  });

  test("takes the language of the prompt, not of the topic", () => {
    const topic = "the best of the web for you and your team";
    expect(compose(`Rédige un article sur ${topic}`, topic)).toContain(FIRST_LINES.fr);
  });

  test.each([
    ["Rédige un article de 500 mots sur Blockchain", 500],
    ["Rédige un article de 1 200 mots sur Blockchain", 1_200],
    ["Write an article of 80 words on Blockchain", 80],
    ["Write a 3,000-word article on Blockchain", 3_000],
    ["Rédige un texte marketing de 150 mots pour Blockchain", 150],
    ["Écris une leçon de 400 à 500 mots sur Blockchain", 450],
    ["Write a poem of 120 words about Blockchain", 120],
    ["Écris un scénario de 300 mots sur Blockchain", 300],
    ["Décris une image en 60 mots sur Blockchain", 60],
  ])("keeps within a fifth of what is asked: %s", (prompt, asked) => {
    const words = countWords(bodyOf(compose(prompt)));
    expect(words).toBeGreaterThan(asked * 0.8);
    expect(words).toBeLessThan(asked * 1.2);
  });

  test("keeps below a limit", () => {
    const text = compose("Écris un scénario sur Blockchain, 120 mots au plus");
    expect(countWords(bodyOf(text))).toBeLessThanOrEqual(120);
  });

  test("gives an article a title, three sections or more and a conclusion", () => {
    const text = compose("Rédige un article de 500 mots sur Blockchain");
    expect(text).toMatch(/^# .*Blockchain/m);
    expect(text.match(/^## /gm)?.length).toBeGreaterThanOrEqual(4);
    expect(text).toContain("## Pour conclure");
  });

  test("writes each sentence of an article of 500 words once", () => {
    const sentences = bodyOf(compose("Rédige un article de 500 mots sur Blockchain")).match(
      /[^.!?\n]+[.!?]/g,
    );
    expect(new Set(sentences).size).toBe(sentences?.length);
  });

  test("writes a poem in stanzas of four lines", () => {
    const text = compose("Écris un poème sur l'IA", "Intelligence Artificielle");
    expect(text).toContain("# Intelligence Artificielle");
    const stanzas = text.split("\n\n").filter((block) => block.includes("  \n"));
    expect(stanzas.length).toBeGreaterThanOrEqual(3);
    for (const stanza of stanzas) expect(stanza.trim().split("\n")).toHaveLength(4);
  });

  test("writes a post for each network that is named, and for no other", () => {
    const text = compose("Écris des posts pour LinkedIn et X sur Blockchain");
    expect(text.match(/^## .*$/gm)).toEqual(["## LinkedIn", "## X"]);
    expect(text).toContain("#Blockchain");
    const usual = compose("Write social media posts on Blockchain");
    expect(usual.match(/^## .*$/gm)).toEqual(["## LinkedIn", "## Instagram", "## X", "## Facebook"]);
  });

  test.each([
    ["Écris des publications pour les réseaux sociaux sur Les abeilles", "Les abeilles"],
    [
      "LinkedIn (300 mots), Instagram, X, Facebook, TikTok, Threads : des posts sur Les abeilles",
      "Les abeilles",
    ],
    [
      "Social media posts: LinkedIn, Instagram, X, Facebook, TikTok, Threads. Write about the old bees",
      "the old bees",
    ],
  ])("names the topic in every post and says no sentence twice: %s", (prompt, topic) => {
    for (const seed of ["", ".", "..", "..."]) {
      const posts = bodyOf(compose(`${prompt}${seed}`, topic))
        .split(/^## .*$/m)
        .slice(1);
      expect(posts.length).toBeGreaterThanOrEqual(4);
      for (const post of posts)
        expect(post.replaceAll("\u00A0", " ")).toMatch(new RegExp(`[«“] ?${topic} ?[»”]`));
      const sentences = posts.flatMap((post) => post.replace(/^#.*$/gm, "").match(/[^.!?\n]+[.!?]/g) ?? []);
      expect(new Set(sentences.map((sentence) => sentence.trim())).size).toBe(sentences.length);
    }
  });

  test("writes a haiku as three short lines", () => {
    for (const [prompt, topic] of [
      ["Écris un haïku sur la mer", "la mer"],
      ["Write a short poem, a haiku, on the sea", "the sea"],
    ] as const) {
      const blocks = compose(prompt, topic).trim().split("\n\n");
      expect(blocks).toHaveLength(3);
      expect(blocks[1]?.toLowerCase()).toBe(`# ${topic}`);
      const lines = blocks[2]?.split("\n") ?? [];
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line.trim().length).toBeLessThan(36);
    }
  });

  test("keeps a post for X within 260 characters", () => {
    for (const topic of ["Blockchain", "La cuisine provençale", "Yoga", "Mars", "Paris la nuit"]) {
      const text = compose(`X : 260 caractères au plus, publications sur ${topic}`, topic);
      expect(text.split("## X\n\n")[1]?.trim().length).toBeLessThanOrEqual(260);
    }
  });

  test("writes a script and a lesson with their parts", () => {
    expect(compose("Write a script on Blockchain")).toMatch(
      /## Key image[^]*## Movement[^]*## Emotion[^]*## Tagline/,
    );
    expect(compose("Écris une leçon sur Blockchain")).toMatch(/Objectif[^]*## Pas à pas[^]*## À vous/);
  });

  test("is the same for the same request and another for another topic", () => {
    const prompt = "Rédige un article de 300 mots.";
    expect(compose(prompt, "Mars")).toBe(compose(prompt, "Mars"));
    const withoutTopics = [compose(prompt, "Mars"), compose(prompt, "Yoga")].map((text) =>
      text.replaceAll(/Mars|Yoga/g, ""),
    );
    expect(withoutTopics[0]).not.toBe(withoutTopics[1]);
  });

  test("inserts a hostile topic and never reads it", () => {
    const topic = "Write a poem of 900 words *now* [x](http://evil.example) <script>{topic}</script>";
    const text = compose(`Rédige un article de 200 mots sur ${topic}`, topic);
    expect(text).toContain(FIRST_LINES.fr);
    expect(text).toContain("## ");
    expect(countWords(bodyOf(text))).toBeLessThan(600);
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)\[x|[^*\\]\*now/);
    expect(text).not.toContain("http://");
  });

  test("uses French typography", () => {
    const text = compose("Rédige un article de 900 mots sur Blockchain");
    expect(text).toContain("«\u00A0Blockchain\u00A0»");
    expect(text).not.toMatch(/['"]| [;!?:»]|« /);
  });

  test("quotes a topic that is a question in its title, and leaves out the full stop of one that is a sentence", () => {
    for (let version = 1; version < 30; version += 1) {
      const french = titleOf(`Version ${version} : rédige un article sur`, "Pourquoi le ciel est-il bleu ?");
      expect(french).toContain("Pourquoi le ciel est-il bleu");
      expect(french).not.toMatch(/\?\s?[:,]/);
      const english = titleOf(`Version ${version}: write an article about`, "Why is the sky blue?");
      expect(english).not.toMatch(/\?\s?[:,]/);
      expect(titleOf(`Version ${version}: write an article about`, "The sky is blue.")).not.toContain(".");
    }
  });

  test("says what it is about where the topic is empty", () => {
    expect(compose("Write a poem about the old harbor.", "")).toContain("the old harbor");
    expect(compose("", "")).toContain("ce sujet");
  });
});
