import { createHash } from "node:crypto";
import type { Registry } from "../../src/providers/registry.ts";
import { mediumOf } from "../../src/workflow/media.ts";
import { FREE, type Cost } from "../../src/workflow/money.ts";
import {
  ProviderFailure,
  type StepOutput,
  type StepPort,
  type StepRequest,
} from "../../src/workflow/ports.ts";
import { pngOf } from "./fake-files.ts";

/** What a live call of the studio costs, and what a rehearsed one would have cost. */
const STUDIO_COST: Cost = { nanoUsd: 20_000_000, basis: "metered" };

/** What a test does with the studio. */
export interface Studio {
  steps: StepPort;
  /** How many calls have begun. */
  calls(): number;
  /** Lets calls go on whose prompt holds `[hold]`. */
  release(): void;
}

/**
 * Steps made at once and in memory, for tests of what shows executions: text repeats its prompt in two pieces, pictures are
 * white; with a schema, the prompt is the `title` of an object. A prompt with `[hold]` stops between the pieces until it is released; one with `[fail]` fails unbilled.
 */
export function openStudio(registry: Registry): Studio {
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  return {
    calls: () => calls,
    release: gate.resolve,
    steps: {
      prepare: async (request) => {
        await Promise.resolve();
        const model = registry.resolve(request.step.ai_provider);
        const isRehearsal = request.mode === "rehearsal";
        return {
          provider: isRehearsal ? "local" : (model?.provider ?? ""),
          model: isRehearsal ? `local:${model?.modality}` : (model?.id ?? ""),
          performedBy: isRehearsal ? "local" : (model?.id ?? ""),
          worstCase: isRehearsal ? FREE : STUDIO_COST,
          requestHash: hashOf(request),
          isAbortable: false,
          costOfAborted: () => FREE,
          submit: async (context) => {
            calls += 1;
            const [first, second] = ["# Titre\n\n", request.prompt];
            context.onText(first);
            if (request.prompt.includes("[hold]")) await gate.promise;
            if (request.prompt.includes("[fail]")) throw refused();
            context.onText(second);
            return { state: "done", output: outputOf(request, mediumOf(model?.modality ?? "text")) };
          },
        };
      },
    },
  };
}

function hashOf({ prompt, parameters }: StepRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([prompt, parameters]))
    .digest("hex");
}

function outputOf(request: StepRequest, medium: StepOutput["medium"]): StepOutput {
  const isRehearsal = request.mode === "rehearsal";
  const shared = {
    medium,
    cost: isRehearsal ? FREE : STUDIO_COST,
    liveCost: isRehearsal ? STUDIO_COST : null,
    usage: {},
  };
  if (request.step.output_schema !== null) {
    return { ...shared, medium: "json", json: { title: request.prompt }, files: [] };
  }
  if (medium === "text") return { ...shared, text: `# Titre\n\n${request.prompt}`, files: [] };
  const bytes = pngOf(64, 32);
  return {
    ...shared,
    files: [{ content: { bytes }, mediaType: "image/png", medium, width: 64, height: 32 }],
  };
}

function refused(): ProviderFailure {
  return new ProviderFailure({
    code: "content_refused",
    billed: "no",
    detail: { fr: "Le contenu a été refusé.", en: "The content was refused." },
  });
}
