import { ActionIcon, Box, Button, Modal } from "@mantine/core";
import {
  IconArrowsHorizontal,
  IconChevronLeft,
  IconChevronRight,
  IconExternalLink,
  IconList,
  IconMaximize,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import { useEffect, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { CloseRequest } from "../../components/close-request.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import { type OutlineEntry, showPdf, type ShownPdf } from "./pdf-document.ts";
import type { StoredFile } from "./stored-file.ts";
import classes from "./pdf-view.module.css";

interface PdfViewProps {
  file: StoredFile;
  label: string;
}

/** Reads a PDF in the page, with its table of contents; over all of the window where asked. */
export default function PdfView({ file, label }: PdfViewProps) {
  const { t } = useTranslation();
  const [isLarge, setLarge] = useState(false);
  const close = () => {
    setLarge(false);
  };
  return (
    <>
      <Reader
        file={file}
        label={label}
        onEnlarge={() => {
          setLarge(true);
        }}
      />
      <Modal
        opened={isLarge}
        onClose={close}
        closeOnEscape={needsEscapeKey()}
        fullScreen
        title={label}
        closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
        classNames={{ content: classes.sheet ?? "", body: classes.sheetBody ?? "" }}
      >
        <CloseRequest onClose={close} />
        <Reader file={file} label={label} isLarge />
      </Modal>
    </>
  );
}

interface ReaderProps extends PdfViewProps {
  isLarge?: boolean;
  onEnlarge?: () => void;
}

function Reader({ file, label, isLarge = false, onEnlarge }: ReaderProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const [isListed, setListed] = useState(false);
  const { pdf, page } = usePdf(frame, file);
  if (pdf === "failed") {
    return <Broken file={file} />;
  }
  return (
    <section className={classes.reader} data-large={isLarge} aria-label={label}>
      <header className={classes.bar}>
        <span className={classes.group}>
          {pdf !== null && pdf.outline.length > 0 && (
            <Button
              variant="subtle"
              color="gray"
              px={8}
              aria-expanded={isListed}
              leftSection={<IconList aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                setListed(!isListed);
              }}
            >
              {t("preview.contents")}
            </Button>
          )}
        </span>
        <Tools pdf={pdf} onEnlarge={onEnlarge} />
      </header>
      <div className={classes.desk}>
        {/* It scrolls by itself, so it takes the focus. The library wants a div of its own class in a div. */}
        <Box ref={frame} className={classes.frame ?? ""} tabIndex={0}>
          <div className="pdfViewer" />
        </Box>
        {pdf === null && <LoadingLine />}
        {isListed && pdf !== null && (
          <Outline
            entries={pdf.outline}
            onOpen={(entry) => {
              setListed(false);
              pdf.open(entry);
            }}
          />
        )}
      </div>
      <PageTurner pdf={pdf} page={page} />
    </section>
  );
}

function Tools({ pdf, onEnlarge }: { pdf: ShownPdf | null; onEnlarge: (() => void) | undefined }) {
  const { t } = useTranslation();
  const isDisabled = pdf === null;
  return (
    <span className={classes.group}>
      <ActionIcon
        aria-label={t("preview.smaller")}
        disabled={isDisabled}
        onClick={() => {
          pdf?.zoom("out");
        }}
      >
        <IconZoomOut aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("preview.larger")}
        disabled={isDisabled}
        onClick={() => {
          pdf?.zoom("in");
        }}
      >
        <IconZoomIn aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t("preview.fit")} disabled={isDisabled} onClick={() => pdf?.fit()}>
        <IconArrowsHorizontal aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      {onEnlarge !== undefined && (
        <ActionIcon aria-label={t("preview.wholeWindow")} onClick={onEnlarge}>
          <IconMaximize aria-hidden size={20} stroke={1.75} />
        </ActionIcon>
      )}
    </span>
  );
}

function PageTurner({ pdf, page }: { pdf: ShownPdf | null; page: number }) {
  const { t } = useTranslation();
  const total = pdf?.pageCount ?? 1;
  return (
    <footer className={classes.bar}>
      <ActionIcon
        aria-label={t("preview.previous")}
        disabled={page <= 1}
        onClick={() => pdf?.goToPage(page - 1)}
      >
        <IconChevronLeft aria-hidden size={22} stroke={1.75} />
      </ActionIcon>
      <span className={`${classes.number} figures`} aria-live="polite">
        {t("preview.partOf", { number: page, total })}
      </span>
      <ActionIcon
        aria-label={t("preview.next")}
        disabled={page >= total}
        onClick={() => pdf?.goToPage(page + 1)}
      >
        <IconChevronRight aria-hidden size={22} stroke={1.75} />
      </ActionIcon>
    </footer>
  );
}

interface OutlineProps {
  entries: readonly OutlineEntry[];
  onOpen: (entry: OutlineEntry) => void;
}

function Outline({ entries, onOpen }: OutlineProps) {
  const { t } = useTranslation();
  return (
    <ol className={classes.contents} aria-label={t("preview.contents")}>
      {entries.map((entry) => (
        <li key={entry.position}>
          <button
            type="button"
            style={{ paddingLeft: `${20 + entry.depth * 20}px` }}
            onClick={() => {
              onOpen(entry);
            }}
          >
            {entry.title}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Broken({ file }: { file: StoredFile }) {
  const { t } = useTranslation();
  return (
    <div className={classes.card}>
      <p>{t("preview.pdfBroken")}</p>
      <Button
        component="a"
        href={`${file.url}?read=1`}
        target="_blank"
        rel="noopener"
        variant="default"
        leftSection={<IconExternalLink aria-hidden size={18} stroke={1.75} />}
      >
        {t("preview.openAlone")}
      </Button>
    </div>
  );
}

/** The PDF once it is open, and which of its pages is in sight. */
function usePdf(
  frame: RefObject<HTMLDivElement | null>,
  { url }: StoredFile,
): { pdf: ShownPdf | "failed" | null; page: number } {
  const [pdf, setPdf] = useState<ShownPdf | "failed" | null>(null);
  const [page, setPage] = useState(1);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const say = (outcome: ShownPdf | "failed") => {
      if (!signal.aborted) {
        setPdf(outcome);
      }
    };
    if (frame.current !== null) {
      showPdf(frame.current, { url: `${url}?read=1`, onPage: setPage, signal }).then(say, () => {
        say("failed");
      });
    }
    return () => {
      abort.abort();
    };
  }, [frame, url]);
  return { pdf, page };
}
