import type { ExecutionEvent, ProgressEvent, StepEvent } from "../http/event-schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import { isFinal } from "../workflow/statuses.ts";
import type { Listener } from "./follow.ts";
import { costText, elapsedText } from "./number-text.ts";

const BAR_CELLS = 24;
const REDRAW_MS = 200;
const CLEAR_LINE = "\r\u001b[K";

const STATES: Partial<Record<StepEvent["status"], LocalText>> = {
  completed: { fr: "terminée", en: "completed" },
  failed: { fr: "échouée", en: "failed" },
  cancelled: { fr: "annulée", en: "cancelled" },
  skipped: { fr: "sautée", en: "skipped" },
};

/** Where progress is drawn. */
export interface ProgressOutput {
  isTTY?: boolean;
  /** Characters in a line; 0 where it is not known. */
  columns?: number;
  write(text: string): unknown;
}

/** Shows how far an execution is: one line that is drawn again and again on a terminal, elsewhere a line for each step. */
export class ProgressDisplay implements Listener {
  readonly #output: ProgressOutput;
  readonly #language: Language;
  readonly #startedAt = performance.now();
  readonly #steps = new Map<number, StepEvent>();
  readonly #fractions = new Map<number, number>();
  readonly #timer: NodeJS.Timeout | null;
  #execution: ExecutionEvent | null = null;
  #totalSteps: number;

  constructor(options: { output: ProgressOutput; language: Language; totalSteps: number }) {
    this.#output = options.output;
    this.#language = options.language;
    this.#totalSteps = options.totalSteps;
    this.#timer = options.output.isTTY === true ? setInterval(() => this.#draw(), REDRAW_MS) : null;
    if (this.#timer) this.#draw();
  }

  onExecution(event: ExecutionEvent): void {
    this.#execution = event;
    this.#totalSteps = event.total_steps;
  }

  onStep(event: StepEvent): void {
    if (event.item !== undefined) {
      // Items that are done are counted; one that failed is worth a line.
      if (event.status === "failed") this.#line(this.#itemLine(event, event.item));
      return;
    }
    const before = this.#steps.get(event.step_number);
    this.#steps.set(event.step_number, event);
    if (isFinal(event.status) && before?.status !== event.status) this.#line(this.#stepLine(event));
  }

  onProgress(event: ProgressEvent): void {
    if (event.item !== undefined) return;
    this.#fractions.set(event.step_number, event.fraction);
  }

  /** Writes a line above the progress. */
  #line(text: string): void {
    this.#output.write(this.#timer ? `${CLEAR_LINE}${text}\n` : `${text}\n`);
    if (this.#timer) this.#draw();
  }

  end(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#output.write(CLEAR_LINE);
  }

  #stepLine(event: StepEvent): string {
    const { step_number, name, started_at, completed_at } = event;
    const took =
      started_at !== null && completed_at !== null ? Date.parse(completed_at) - Date.parse(started_at) : 0;
    const details = [elapsedText(took), costText(event.cost, event.cost_basis, this.#language)];
    const label = name === null ? "" : ` (${name})`;
    const state = STATES[event.status]?.[this.#language] ?? event.status;
    const error = event.error ? `, ${event.error.message}` : "";
    const items = event.items_total === null ? "" : ` (${this.#itemsText(event)})`;
    return `${this.#stepText(step_number)}${label} ${state}${items}, ${details.join(", ")}${error}`;
  }

  #itemLine({ step_number, status, error }: StepEvent, item: number): string {
    const label = this.#language === "fr" ? "élément" : "item";
    const state = STATES[status]?.[this.#language] ?? status;
    return `${this.#stepText(step_number)}, ${label} ${item + 1} ${state}${error ? `, ${error.message}` : ""}`;
  }

  /** `5/7`, and how many of them failed. */
  #itemsText({ items_done: done, items_total: total, items_failed: failed }: StepEvent): string {
    const label = this.#language === "fr" ? "en échec" : "failed";
    return `${done ?? 0}/${total ?? 0}${failed ? `, ${failed} ${label}` : ""}`;
  }

  #draw(): void {
    const done = [...this.#steps.values()].filter(({ status }) => isFinal(status)).length;
    const running = [...this.#steps.values()].filter(({ status }) => status === "running");
    const parts = running.map((step) =>
      step.items_total
        ? (step.items_done ?? 0) / step.items_total
        : (this.#fractions.get(step.step_number) ?? 0),
    );
    const fraction = (done + parts.reduce((sum, part) => sum + part, 0)) / this.#totalSteps;
    const current = running[0]?.step_number ?? Math.min(done + 1, this.#totalSteps);
    const names = running
      .flatMap((step) => {
        const items = step.items_total === null ? [] : [this.#itemsText(step)];
        return [...(step.name ? [step.name] : []), ...items].join(" ") || [];
      })
      .join(" + ");
    const details = [
      elapsedText(performance.now() - this.#startedAt),
      costText(this.#execution?.total_cost ?? 0, this.#execution?.cost_basis ?? "free", this.#language),
      ...(names === "" ? [] : [names]),
    ];
    const line = `${this.#stepText(current)} ${bar(fraction)} ${details.join(" · ")}`;
    this.#output.write(CLEAR_LINE + line.slice(0, (this.#output.columns || 80) - 1));
  }

  #stepText(stepNumber: number): string {
    return `${this.#language === "fr" ? "étape" : "step"} ${stepNumber}/${this.#totalSteps}`;
  }
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_CELLS);
  return `[${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)}]`;
}
