import { Button, Chip, NativeSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { ARTIFACT_KINDS } from "../../../../src/workflow/media.ts";
import { useLibrary } from "../../api/library.ts";
import { useWorkflows } from "../../api/queries.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MoreOnScroll } from "../../components/more-on-scroll.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { useKeptPlace } from "../../use-kept-place.ts";
import { useUrlFilter } from "../../use-url-filter.ts";
import { FileDialog } from "./file-dialog.tsx";
import { FileGrid } from "./file-grid.tsx";
import { KindIcon } from "./kind.tsx";
import {
  readLibraryFilter,
  WHOLE_LIBRARY,
  writeLibraryFilter,
  type LibraryFilter,
} from "./library-filter.ts";
import classes from "./library.module.css";

const FILTER = { read: readLibraryFilter, write: writeLibraryFilter };

/** Every file that was made or uploaded, newest first, by kind, each with where it came from. */
export default function LibraryPage() {
  const { t } = useTranslation();
  const { filter, change } = useUrlFilter(FILTER);
  const query = writeLibraryFilter(filter);
  const list = useLibrary(query);
  const [openId, setOpenId] = useState<string | null>(null);
  useKeptPlace(list.isSuccess);
  const files = list.data?.pages.flatMap(({ artifacts }) => artifacts) ?? [];
  const openIndex = files.findIndex(({ id }) => id === openId);
  const stepTo = (index: number) => {
    const next = openIndex === -1 ? undefined : files[index];
    return next === undefined
      ? null
      : () => {
          setOpenId(next.id);
        };
  };
  const isNarrowed = query !== "";
  return (
    <Page title={t("library.title")} lead={t("library.lead")}>
      {(files.length > 0 || isNarrowed) && <LibraryFilters filter={filter} onChange={change} />}
      {list.isPending && <LoadingLine />}
      {list.error !== null && <ProblemNotice error={list.error} />}
      {list.isSuccess && files.length === 0 && (
        <EmptyState
          title={t(isNarrowed ? "library.noneTitle" : "library.emptyTitle")}
          text={t(isNarrowed ? "library.noneText" : "library.emptyText")}
          action={
            isNarrowed ? (
              <Button
                variant="default"
                onClick={() => {
                  change(WHOLE_LIBRARY);
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
      {files.length > 0 && (
        <FileGrid
          // Another filter is another list, which begins at its top.
          key={query}
          files={files}
          onOpen={(index) => {
            setOpenId(files[index]?.id ?? null);
          }}
        />
      )}
      <MoreOnScroll list={list} />
      <FileDialog
        file={files[openIndex]}
        onClose={() => {
          setOpenId(null);
        }}
        onPrevious={stepTo(openIndex - 1)}
        onNext={stepTo(openIndex + 1)}
      />
    </Page>
  );
}

interface LibraryFiltersProps {
  filter: LibraryFilter;
  onChange: (changes: Partial<LibraryFilter>, options?: { goesOn: boolean }) => void;
}

function LibraryFilters({ filter, onChange }: LibraryFiltersProps) {
  const { t } = useTranslation();
  const chosen = filter.isUpload ? "upload" : (filter.kind ?? "");
  return (
    <search className={classes.filters} aria-label={t("library.filters")}>
      <div className={classes.fields}>
        <SearchField
          className={classes.search}
          label={t("library.search")}
          placeholder={t("library.searchHint")}
          value={filter.q}
          onChange={(q) => {
            onChange({ q }, { goesOn: true });
          }}
        />
        <WorkflowSelect
          value={filter.workflowId}
          onChange={(workflowId) => {
            onChange({ workflowId });
          }}
        />
        {(["from", "to"] as const).map((name) => (
          <TextInput
            key={name}
            size="md"
            type="date"
            label={t(`costs.${name}`)}
            value={filter[name]}
            onChange={(event) => {
              onChange({ [name]: event.currentTarget.value });
            }}
          />
        ))}
        {writeLibraryFilter(filter) !== "" && (
          <Button
            variant="subtle"
            leftSection={<IconX aria-hidden size={16} stroke={1.75} />}
            onClick={() => {
              onChange(WHOLE_LIBRARY);
            }}
          >
            {t("library.clear")}
          </Button>
        )}
      </div>
      <Chip.Group
        value={chosen}
        onChange={(value) => {
          const kind = ARTIFACT_KINDS.find((each) => each === value) ?? null;
          onChange({ kind, isUpload: value === "upload" });
        }}
      >
        <div className={classes.chips} role="radiogroup" aria-label={t("library.kinds")}>
          <Chip value="" size="md" variant="outline">
            {t("library.all")}
          </Chip>
          {ARTIFACT_KINDS.map((kind) => (
            <span key={kind} data-medium={kind}>
              <Chip value={kind} size="md" variant="outline">
                <span className={classes.chipText}>
                  <span className={classes.sign}>
                    <KindIcon kind={kind} size={16} />
                  </span>
                  {t(`library.kind.${kind}`)}
                </span>
              </Chip>
            </span>
          ))}
          <Chip value="upload" size="md" variant="outline">
            {t("library.uploads")}
          </Chip>
        </div>
      </Chip.Group>
    </search>
  );
}

interface WorkflowSelectProps {
  value: string | null;
  onChange: (workflowId: string | null) => void;
}

/** The saved workflows; nothing where there is none to choose. */
function WorkflowSelect({ value, onChange }: WorkflowSelectProps) {
  const { t } = useTranslation();
  const workflows = useWorkflows().data?.pages.flatMap((page) => page.workflows) ?? [];
  const saved = workflows.map(({ id, name }) => ({ value: String(id), label: name }));
  const isListed = value === null || saved.some((choice) => choice.value === value);
  if (saved.length === 0 && value === null) {
    return null;
  }
  return (
    <NativeSelect
      size="md"
      className={classes.workflow}
      label={t("history.combination")}
      value={value ?? ""}
      data={[
        { value: "", label: t("history.all") },
        ...(isListed ? [] : [{ value, label: value }]),
        ...saved,
      ]}
      onChange={(event) => {
        onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
      }}
    />
  );
}
