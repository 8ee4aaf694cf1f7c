import { Button } from "@mantine/core";
import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import { IconChecklist } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type Dispatch, type SetStateAction } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useHistory } from "../../api/history.ts";
import type { ExecutionSummary } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MoreOnScroll } from "../../components/more-on-scroll.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { useKeptPlace } from "../../use-kept-place.ts";
import { useUrlFilter } from "../../use-url-filter.ts";
import { BatchList } from "../batch/batch-list.tsx";
import { RerunDialog, type RerunTarget } from "../rerun/rerun-dialog.tsx";
import { rerunTarget } from "../rerun/step-menu.tsx";
import { ExecutionCards } from "./execution-cards.tsx";
import type { ExecutionListProps } from "./execution-rows.ts";
import { ExecutionTable } from "./execution-table.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { isFiltered, NO_FILTER, readHistoryFilter, writeHistoryFilter } from "./history-filter.ts";
import { RemovalDialog } from "./removal-dialog.tsx";
import { NOTHING_SELECTED, toggled, toggledAll, type Selection } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";
import classes from "./history.module.css";

const FILTER = { read: readHistoryFilter, write: writeHistoryFilter };

/** Every execution, newest first; each opens again with its results. */
export default function HistoryPage() {
  const { t } = useTranslation();
  const { filter, change } = useUrlFilter(FILTER);
  const { list, executions } = useHistory(writeHistoryFilter(filter));
  const isPhone = useMediaQuery("(max-width: 860px)", undefined, { getInitialValueInEffect: false });
  const [isSelecting, setSelecting] = useState(false);
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const [doomed, setDoomed] = useState<readonly ExecutionSummary[]>([]);
  const [target, setTarget] = useState<RerunTarget | null>(null);
  useKeptPlace(list.isSuccess);
  const acts = useRowActions({ executions, setSelection, setDoomed, setTarget });
  const selected = executions.filter(({ id }) => selection.ids.has(id));
  const clear = () => {
    setSelection(NOTHING_SELECTED);
    setSelecting(false);
  };
  useHotkeys([["Escape", clear]]);
  const isNarrowed = isFiltered(filter);
  const Rows = isPhone ? ExecutionCards : ExecutionTable;
  return (
    <Page
      title={t("history.title")}
      lead={t("history.lead")}
      actions={
        isPhone &&
        executions.length > 0 && (
          <Button
            variant="default"
            aria-pressed={isSelecting}
            leftSection={<IconChecklist aria-hidden size={18} stroke={1.75} />}
            onClick={() => {
              setSelection(NOTHING_SELECTED);
              setSelecting(!isSelecting);
            }}
          >
            {t("history.select")}
          </Button>
        )
      }
    >
      <BatchList />
      {(executions.length > 0 || isNarrowed) && <FilterBar filter={filter} onChange={change} />}
      {list.isPending && <LoadingLine />}
      {list.error !== null && <ProblemNotice error={list.error} />}
      {list.isSuccess && executions.length === 0 && (
        <EmptyState
          title={t(isNarrowed ? "history.noneTitle" : "history.emptyTitle")}
          text={t(isNarrowed ? "history.noneText" : "history.emptyText")}
          action={
            isNarrowed ? (
              <Button
                variant="default"
                onClick={() => {
                  change(NO_FILTER);
                }}
              >
                {t("library.showAll")}
              </Button>
            ) : (
              <Button component={Link} href="/combinations">
                {t("history.emptyAction")}
              </Button>
            )
          }
        />
      )}
      {executions.length > 0 && (
        <div className={classes.rows} data-stale={list.isPlaceholderData}>
          <Rows executions={executions} selected={isPhone && !isSelecting ? null : selection.ids} {...acts} />
        </div>
      )}
      <MoreOnScroll list={list} />
      {selected.length > 0 && (
        <SelectionBar
          selected={selected}
          onDelete={() => {
            setDoomed(selected);
          }}
          onClear={clear}
        />
      )}
      <RerunDialog
        target={target}
        onClose={() => {
          setTarget(null);
        }}
      />
      <RemovalDialog
        doomed={doomed}
        onClose={() => {
          setDoomed([]);
        }}
        onRemoved={clear}
      />
    </Page>
  );
}

interface RowActionsOptions {
  executions: readonly ExecutionSummary[];
  setSelection: Dispatch<SetStateAction<Selection>>;
  setDoomed: (executions: readonly ExecutionSummary[]) => void;
  setTarget: (target: RerunTarget) => void;
}

/** What the rows can do: the same functions for good, so that a row which has not changed is not drawn again. */
function useRowActions({ executions, setSelection, setDoomed, setTarget }: RowActionsOptions) {
  const order = useRef<readonly number[]>([]);
  useEffect(() => {
    order.current = executions.map(({ id }) => id);
  }, [executions]);
  return useMemo(
    (): Omit<ExecutionListProps, "executions" | "selected"> => ({
      onSelect: (id, isRange) => {
        setSelection((before) => toggled(before, id, { order: order.current, isRange }));
      },
      onSelectAll: () => {
        setSelection((before) => toggledAll(before, order.current));
      },
      onDelete: (execution) => {
        setDoomed([execution]);
      },
      onRerun: (execution) => {
        setTarget(rerunTarget(execution, execution.status === "completed" ? 1 : null));
      },
    }),
    [setSelection, setDoomed, setTarget],
  );
}
