import type { Step } from "../../../../src/workflow/definition.ts";
import type { Modality } from "../../../../src/workflow/media.ts";
import type { ExecuteAnswer, ExecuteBody, Execution } from "../../api/types.ts";

interface StartedOptions {
  answer: ExecuteAnswer;
  request: ExecuteBody;
  title: string | null;
  steps: readonly Step[];
  modalityOf: (step: Step) => Modality | null;
}

const NO_COSTS: Omit<Execution["costs"], "steps"> = {
  estimate: null,
  calls: 0,
  charged: 0,
  cost_basis: "free",
  failed_billed: { calls: 0, charged: 0 },
  unused: { calls: 0, charged: 0 },
  in_doubt: { calls: 0, up_to: 0 },
  reused: { steps: 0, saved: null },
};

/** An execution as it is the moment after it was started, so that its first step shows before the server is asked. */
export function startedExecution({ answer, request, title, steps, modalityOf }: StartedOptions): Execution {
  return {
    id: answer.execution_id,
    workflow_id: request.workflow_id ?? null,
    template_id: request.template_id ?? null,
    title,
    status: answer.status,
    mode: answer.mode,
    current_step: 1,
    total_steps: answer.total_steps,
    initial_input: request.initial_input ?? "",
    inputs: request.inputs ?? {},
    cap_usd: request.cap_usd ?? null,
    steps: [...steps],
    steps_data: steps.map((step) => ({
      step_number: step.step_number,
      name: step.name ?? null,
      ai_provider: step.ai_provider,
      modality: modalityOf(step),
      status: "pending",
      attempts: 0,
      model: null,
      performed_by: null,
      started_at: null,
      completed_at: null,
      cost: null,
      cost_basis: "free",
      error: null,
      reused_from: null,
      saved_usd: null,
      waiting_reason: null,
      decide_by: null,
      repaired: false,
      items_total: null,
      items_done: null,
      items_failed: null,
      items: null,
    })),
    results: [],
    // What was expected comes with the first answer of the server.
    costs: { ...NO_COSTS, steps: [] },
    waiting_for: null,
    error_message: null,
    total_cost: 0,
    cost_basis: "free",
    rerun_of: null,
    rerun_from_step: null,
    only_step: null,
    batch_id: null,
    batch_row: null,
    reuse: request.reuse ?? false,
    saved_usd: null,
    live_cost: null,
    currency: "USD",
    created_at: new Date().toISOString(),
    started_at: null,
    completed_at: null,
    last_event: 0,
  };
}
