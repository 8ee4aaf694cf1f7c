import { createHash } from "node:crypto";
import { z } from "zod";
import type { ModelCatalogue, ModelInfo } from "../../src/workflow/models.ts";
import { FREE, type Cost } from "../../src/workflow/money.ts";
import {
  ProviderFailure,
  type CallContext,
  type PreparedCall,
  type StepOutput,
  type StepPort,
  type StepRequest,
  type Submission,
} from "../../src/workflow/ports.ts";
import { repairPrompt } from "../../src/workflow/repair.ts";

const answerSchema = z.object({
  text: z.string().optional(),
  cost: z.number().optional(),
  job: z.string().optional(),
  state: z.enum(["running", "done", "cancelled"]).optional(),
  progress: z.number().optional(),
  error: z.string().optional(),
});
type Answer = z.output<typeof answerSchema>;

const parametersSchema = z.object({
  behaviour: z.string().default("print"),
  worst_case_nano_usd: z.number().default(1_000),
});

const PRESS_MODEL: ModelInfo = {
  id: "press:text",
  provider: "press",
  modality: "text",
  takes: [],
  parameters: {},
  status: "live",
  shutdown_date: null,
  replacement: null,
};

/** The one model of the press, under every name. */
export const pressCatalogue: ModelCatalogue = {
  resolve: () => PRESS_MODEL,
  family: () => undefined,
  names: () => ["press"],
  providerName: () => undefined,
};

/**
 * Steps that are printed by the press at `url`; `parameters.behaviour` chooses how it answers, `worst_case_nano_usd`
 * (1,000 where it is not given) how much the call may cost at most. What `misfit` prints fits no schema until it is
 * corrected, what `misfit_twice` prints not even then.
 */
export function pressSteps(url: string): StepPort {
  return {
    async prepare(request) {
      await Promise.resolve();
      return prepare(url, request);
    },
  };
}

function prepare(url: string, request: StepRequest): PreparedCall {
  const { behaviour, worst_case_nano_usd: worst } = parametersSchema.parse(request.parameters);
  const asked = [request.prompt, request.previousText].filter(Boolean).join("\n");
  const prompt = request.repair ? repairPrompt(asked, request.repair) : asked;
  const isOfNoUse = behaviour === "misfit_twice" || (behaviour === "misfit" && !request.repair);
  const worstCase: Cost = request.mode === "rehearsal" ? FREE : { nanoUsd: worst, basis: "estimated" };
  const call: PreparedCall = {
    provider: "press",
    model: "press:text",
    performedBy: request.mode === "rehearsal" ? "local" : "press:text",
    worstCase,
    requestHash: createHash("sha256").update(prompt).digest("hex"),
    isAbortable: behaviour === "stream",
    costOfAborted: (text) => ({ nanoUsd: text.length, basis: "estimated" }),
    submit: async (context) => {
      const order = behaviour.startsWith("misfit") ? "print" : behaviour;
      const body = JSON.stringify({ key: context.idempotencyKey, prompt, behaviour: order });
      const response = await reach(`${url}/print`, { method: "POST", body, signal: context.signal });
      if (behaviour === "stream") return done(await readStream(response, context), 700, request);
      return isOfNoUse ? misfit(await parse(response), request) : readAnswer(response, request);
    },
  };
  if (behaviour !== "job" && behaviour !== "held_job") return call;
  return {
    ...call,
    poll: async (jobId, context) => {
      const answer = await parse(await reach(`${url}/jobs/${jobId}`, { signal: context.signal }));
      if (answer.state === "running")
        return { state: "job", jobId, pollAfterMs: 5, progress: answer.progress ?? 0 };
      if (answer.state === "cancelled") {
        return {
          state: "failed",
          failure: refusal("cancelled", { nanoUsd: answer.cost ?? 0, basis: "reported" }),
        };
      }
      return done(answer.text ?? "", answer.cost ?? 0, request);
    },
    cancel: async (jobId) => (await fetch(`${url}/jobs/${jobId}`, { method: "DELETE" })).ok,
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new ProviderFailure({
      code: "unavailable",
      billed: "unknown",
      detail: { fr: "Connexion perdue.", en: "Connection lost." },
      cause: error,
    });
  }
}

async function parse(response: Response): Promise<Answer> {
  return answerSchema.parse(await response.json());
}

async function readAnswer(response: Response, request: StepRequest): Promise<Submission> {
  const answer = await parse(response);
  if (response.status === 429) {
    throw new ProviderFailure({
      code: "rate_limited",
      billed: "no",
      isTransient: true,
      retryAfterMs: Math.max(1, 1_000 * Number(response.headers.get("retry-after"))),
      detail: { fr: "Trop de demandes.", en: "Too many requests." },
    });
  }
  if (!response.ok)
    throw refusal(answer.error ?? "", answer.cost ? { nanoUsd: answer.cost, basis: "reported" } : null);
  if (answer.job) return { state: "job", jobId: answer.job, pollAfterMs: 5 };
  return done(answer.text ?? "", answer.cost ?? 0, request);
}

/** A print that does not fit, as a step with a schema sees it. */
function misfit({ text = "", cost = 0 }: Answer, { mode, repair }: StepRequest): Submission {
  const problem = { fr: "« title » manque", en: "“title” is missing" };
  const failure = new ProviderFailure({
    code: "unknown",
    billed: mode === "rehearsal" ? "no" : "yes",
    cost: mode === "rehearsal" ? FREE : { nanoUsd: cost, basis: "reported" },
    detail: problem,
    repair: repair ? null : { answer: text, problems: [problem] },
  });
  return { state: "failed", failure };
}

function refusal(message: string, cost: Cost | null): ProviderFailure {
  return new ProviderFailure({
    code: "bad_request",
    billed: cost ? "yes" : "no",
    cost,
    detail: { fr: `Refusé : ${message}`, en: `Refused: ${message}` },
  });
}

function done(text: string, cost: number, request: StepRequest): Submission {
  const output: StepOutput = {
    medium: "text",
    text,
    files: [],
    cost: request.mode === "rehearsal" ? FREE : { nanoUsd: cost, basis: "reported" },
    liveCost: null,
    usage: {},
  };
  return { state: "done", output };
}

async function readStream(response: Response, context: CallContext): Promise<string> {
  let text = "";
  if (!response.body) return text;
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    context.onText(chunk);
    text += chunk;
  }
  return text;
}
