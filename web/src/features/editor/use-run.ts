import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { useExecute, type ExecuteOrder } from "../../api/queries.ts";
import { rememberRun } from "../fields/use-past-run.ts";
import { titleOf, wireSteps, type Draft, type DraftStep, type Source } from "./draft.ts";

/** How an unchanged source is named to `POST /execute`; null where its steps have to be sent. */
export type Start = { template_id: string } | { workflow_id: number } | null;

interface RunOptions {
  source: Source;
  start: Start;
  draft: Draft;
  steps: DraftStep[];
  catalogue: ModelCatalogue;
}

/** Running what the editor holds. The execution that is shown stands in the address, so a reload keeps it. */
export function useRun({ source, start, draft, steps, catalogue }: RunOptions) {
  const { shownExecution, show } = useShownExecution();
  const execute = useExecute();
  /** What had the focus when the run was asked for: it is disabled meanwhile, and gets the focus back at the end. */
  const askedFrom = useRef<Element | null>(null);
  const run = (mode: "live" | "rehearsal") => {
    askedFrom.current = document.activeElement;
    execute.mutate(
      {
        ...orderOf({ source, start, draft, steps, mode }),
        modalityOf: (step) => catalogue.resolve(step.ai_provider)?.modality ?? null,
      },
      {
        onSuccess: (answer) => {
          rememberRun(source.key, answer.execution_id);
          show(answer.execution_id);
        },
      },
    );
  };

  return {
    execute,
    run,
    shownExecution,
    hide: () => {
      show(null);
      const { current: element } = askedFrom;
      if (element instanceof HTMLElement) {
        requestAnimationFrame(() => {
          element.focus();
        });
      }
    },
  };
}

interface OrderOptions extends Omit<RunOptions, "catalogue"> {
  mode: "live" | "rehearsal";
}

/** What is sent: the name of an unchanged source, otherwise the steps and what their run is to be called. */
function orderOf({ source, start, draft, steps, mode }: OrderOptions): Omit<ExecuteOrder, "modalityOf"> {
  const isUnchanged = start !== null && draft.steps === null;
  const title = isUnchanged ? source.name : titleOf(source, draft.topic);
  const named = title === null ? {} : { title };
  const what = isUnchanged ? start : { steps: wireSteps(steps), ...named };
  return {
    request: {
      ...what,
      initial_input: draft.topic,
      inputs: draft.values,
      mode,
      cap_usd: draft.capUsd,
      ...(draft.reuse && { reuse: true }),
    },
    title,
    steps: wireSteps(steps),
  };
}

/** The execution over the editor. */
function useShownExecution() {
  const [location, navigate] = useLocation();
  const search = useSearch();
  const shown = Number(new URLSearchParams(search).get("results") ?? Number.NaN);

  const show = (id: number | null) => {
    const query = new URLSearchParams(search);
    query.delete("results");
    query.delete("focus");
    query.delete("topic");
    if (id !== null) {
      query.set("results", String(id));
    }
    navigate(query.size === 0 ? location : `${location}?${query}`, { replace: id === null });
  };

  return { shownExecution: Number.isSafeInteger(shown) && shown > 0 ? shown : null, show };
}
