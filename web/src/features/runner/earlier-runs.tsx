import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { callApi } from "../../api/client.ts";
import { queryKeys } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { MediumIcon } from "../../components/medium.tsx";
import { SmallPicture } from "../preview/small-picture.tsx";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { useLanguage } from "../../language.ts";
import { useFormat } from "../../use-format.ts";
import { newerOf } from "../execution/merge-events.ts";
import classes from "./runner.module.css";

interface EarlierRunsProps {
  ids: readonly number[];
  onShow: (id: number) => void;
}

/** The last runs that this browser started from the form. What was deleted since is left out. */
export function EarlierRuns({ ids, onShow }: EarlierRunsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const runs = useQueries({
    queries: ids.map((id) => ({
      queryKey: queryKeys.execution(id),
      queryFn: async ({ client, signal }) =>
        newerOf(
          client.getQueryData<Execution>(queryKeys.execution(id)),
          await callApi<Execution>(`/executions/${id}`, { language, signal }),
        ),
      staleTime: 60_000,
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  if (runs.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="earlier-heading" className={classes.earlier}>
      <h2 id="earlier-heading">{t("runner.form.earlier")}</h2>
      <ul>
        {runs.map((run) => (
          <li key={run.id}>
            <EarlierRun
              run={run}
              onShow={() => {
                onShow(run.id);
              }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function EarlierRun({ run, onShow }: { run: Execution; onShow: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <button type="button" className={classes.run} onClick={onShow}>
      <RunPicture run={run} />
      <span className={classes.runText}>
        <span className={classes.runTopic}>
          {run.initial_input === "" ? t("execution.untitled", { id: run.id }) : run.initial_input}
        </span>
        <span className={classes.runFacts}>
          <Status status={run.status} />
          {run.mode === "rehearsal" ? (
            <RehearsalMark />
          ) : (
            <span className="figures">{format.cost(run.total_cost, run.cost_basis)}</span>
          )}
          <span className="figures">{format.date(run.created_at)}</span>
        </span>
      </span>
    </button>
  );
}

function RunPicture({ run }: { run: Execution }) {
  const picture = run.results.flatMap(({ type, url }) =>
    url !== undefined && (type === "image" || type === "video") ? [{ url }] : [],
  )[0];
  const [medium = "text"] = run.results.map(({ type }) => type);
  return (
    <span className={classes.runPicture} data-medium={medium}>
      {picture === undefined ? (
        <MediumIcon medium={medium} size={20} />
      ) : (
        <SmallPicture
          url={picture.url}
          side={160}
          alt=""
          instead={<MediumIcon medium={medium} size={20} />}
        />
      )}
    </span>
  );
}
