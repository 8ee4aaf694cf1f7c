import { defineConfig } from "oxlint";

/** Layers, bottom first. A layer may import itself, `src/errors.ts` and what it lists. */
const LAYERS: Record<string, string[]> = {
  workflow: [],
  net: [],
  pricing: ["workflow"],
  media: ["workflow"],
  db: ["workflow"],
  providers: ["workflow", "net", "media"],
  artifacts: ["workflow", "net"],
  steps: ["workflow", "pricing", "media", "providers", "artifacts"],
  engine: ["workflow", "pricing", "artifacts", "db"],
  http: ["workflow", "net", "pricing", "media", "providers", "artifacts", "db", "steps", "engine"],
};

const forbidImports = (
  group: string[],
  message: string,
): ["error", { patterns: { group: string[]; message: string }[] }] => [
  "error",
  { patterns: [{ group, message }] },
];

/** The layer's own tests may also use what all tests share. */
const layerRule = (layer: string, below: string[], isTest: boolean) => ({
  files: isTest ? [`src/${layer}/**/*.test.ts`, `src/${layer}/**/*.testsuite.ts`] : [`src/${layer}/**`],
  rules: {
    "eslint/no-restricted-imports": forbidImports(
      [
        "../*/**",
        "!**/errors.ts",
        ...below.flatMap((name) => [`!../${name}/**`, `!../../${name}/**`]),
        ...(isTest ? ["!**/test/support/**"] : ["**/test/**"]),
        "**/config.ts",
      ],
      `${layer}/ may import only: ${below.join(", ") || "itself"} (ARCHITECTURE.md, Layers).`,
    ),
  },
});

const layerRules = [false, true].flatMap((isTest) =>
  Object.entries(LAYERS).map(([layer, below]) => layerRule(layer, below, isTest)),
);

export default defineConfig({
  plugins: [
    "eslint",
    "typescript",
    "unicorn",
    "oxc",
    "import",
    "promise",
    "node",
    "react",
    "jsx-a11y",
    "vitest",
  ],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  rules: {
    "import/no-cycle": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-explicit-any": "error",
    "eslint/max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    "eslint/max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "eslint/no-await-in-loop": "off",
    // Vite and TypeScript compile JSX to imports of their own.
    "react/react-in-jsx-scope": "off",
  },
  overrides: [
    ...layerRules,
    {
      files: ["web/**"],
      rules: {
        "eslint/no-restricted-imports": forbidImports(
          ["**/src/*/**", "!**/src/workflow/**", "!**/src/http/app.ts"],
          "web/ may import only src/workflow/ and the type of src/http/app.ts.",
        ),
      },
    },
    {
      files: ["web/**/*.tsx"],
      rules: {
        // What a person reads stands in the language files; these signs are the same in all languages.
        "react/jsx-no-literals": [
          "error",
          { allowedStrings: ["Relais", "$", "–", "/", "×", "·", "→", "(", ")", "."] },
        ],
        "eslint/max-lines-per-function": ["error", { max: 150, skipBlankLines: true, skipComments: true }],
      },
    },
    {
      files: ["**/*.test.ts", "**/*.test.tsx", "test/**"],
      rules: {
        "eslint/max-lines": "off",
        "eslint/max-lines-per-function": "off",
        "vitest/valid-title": ["error", { disallowedWords: ["should"] }],
      },
    },
  ],
});
