import { ActionIcon, Button, Modal } from "@mantine/core";
import {
  IconChevronLeft,
  IconChevronRight,
  IconList,
  IconMaximize,
  IconTextDecrease,
  IconTextIncrease,
} from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CloseRequest } from "../../components/close-request.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice } from "../../components/notice.tsx";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import { readStored, writeStored } from "../../storage.ts";
import { ChapterText } from "./chapter-text.tsx";
import { openBook, type Book } from "./epub-book.ts";
import type { StoredFile } from "./stored-file.ts";
import classes from "./epub-reader.module.css";

const SIZES = [0.875, 1, 1.125, 1.25, 1.5, 1.75];
const USUAL_SIZE = 2;
type Reading = Document | "failed";
const failed = (): Reading => "failed";
const SIZE_KEY = "relais.reader-size";

interface Place {
  chapter: number;
  fragment: string | null;
}

/** Reads an EPUB in the page, chapter by chapter, with its table of contents; over all of the window where asked. */
export default function EpubReader({ file, label }: { file: StoredFile; label: string }) {
  const { t } = useTranslation();
  const [isLarge, setLarge] = useState(false);
  const [place, setPlace] = useState<Place>({ chapter: 0, fragment: null });
  const opened = useBook(file);
  if (opened === "failed") {
    return <Notice kind="info">{t("preview.bookBroken")}</Notice>;
  }
  if (opened === null) {
    return <LoadingLine />;
  }
  const close = () => {
    setLarge(false);
  };
  const reader = { book: opened, label, place, onMove: setPlace };
  return (
    <>
      <Pages
        {...reader}
        onEnlarge={() => {
          setLarge(true);
        }}
      />
      <Modal
        opened={isLarge}
        onClose={close}
        closeOnEscape={needsEscapeKey()}
        fullScreen
        title={opened.title === "" ? label : opened.title}
        closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
        classNames={{ content: classes.sheet, body: classes.sheetBody }}
      >
        <CloseRequest onClose={close} />
        <Pages {...reader} isLarge />
      </Modal>
    </>
  );
}

interface PagesProps {
  book: Book;
  label: string;
  place: Place;
  onMove: (place: Place) => void;
  isLarge?: boolean;
  onEnlarge?: () => void;
}

function Pages({ book, label, place, onMove, isLarge = false, onEnlarge }: PagesProps) {
  const { t } = useTranslation();
  const [isListed, setListed] = useState(false);
  const [size, setSize] = useTextSize();
  const chapter = book.chapters[place.chapter];
  const open = ({ path, fragment }: { path: string; fragment: string | null }) => {
    const number = book.chapters.findIndex((each) => each.path === path);
    if (number >= 0) {
      setListed(false);
      onMove({ chapter: number, fragment });
    }
  };
  const turn = (to: number) => {
    onMove({ chapter: to, fragment: null });
  };
  return (
    <section className={classes.reader} data-large={isLarge} aria-label={label}>
      <header className={classes.bar}>
        <Button
          variant="subtle"
          color="gray"
          aria-expanded={isListed}
          leftSection={<IconList aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            setListed(!isListed);
          }}
        >
          {t("preview.contents")}
        </Button>
        <span className={classes.sizes}>
          <ActionIcon
            aria-label={t("preview.smallerText")}
            disabled={size === 0}
            onClick={() => {
              setSize(size - 1);
            }}
          >
            <IconTextDecrease aria-hidden size={20} stroke={1.75} />
          </ActionIcon>
          <ActionIcon
            aria-label={t("preview.largerText")}
            disabled={size === SIZES.length - 1}
            onClick={() => {
              setSize(size + 1);
            }}
          >
            <IconTextIncrease aria-hidden size={20} stroke={1.75} />
          </ActionIcon>
          {onEnlarge !== undefined && (
            <ActionIcon aria-label={t("preview.wholeWindow")} onClick={onEnlarge}>
              <IconMaximize aria-hidden size={20} stroke={1.75} />
            </ActionIcon>
          )}
        </span>
      </header>
      {isListed ? (
        <Contents book={book} current={chapter?.path} onOpen={open} />
      ) : (
        <Page key={place.chapter} book={book} place={place} size={SIZES[size] ?? 1} onOpen={open} />
      )}
      <footer className={classes.bar}>
        <ActionIcon
          aria-label={t("preview.previous")}
          disabled={place.chapter === 0}
          onClick={() => {
            turn(place.chapter - 1);
          }}
        >
          <IconChevronLeft aria-hidden size={22} stroke={1.75} />
        </ActionIcon>
        <span className={`${classes.number} figures`} aria-live="polite">
          {t("preview.partOf", { number: place.chapter + 1, total: book.chapters.length })}
        </span>
        <ActionIcon
          aria-label={t("preview.next")}
          disabled={place.chapter >= book.chapters.length - 1}
          onClick={() => {
            turn(place.chapter + 1);
          }}
        >
          <IconChevronRight aria-hidden size={22} stroke={1.75} />
        </ActionIcon>
      </footer>
    </section>
  );
}

interface ContentsProps {
  book: Book;
  current: string | undefined;
  onOpen: (place: { path: string; fragment: string | null }) => void;
}

function Contents({ book, current, onOpen }: ContentsProps) {
  const { t } = useTranslation();
  const entries =
    book.contents.length > 0
      ? book.contents
      : book.chapters.map(({ path, title }, index) => ({
          title: title ?? t("preview.chapter", { number: index + 1 }),
          path,
          fragment: null,
          depth: 0,
        }));
  return (
    <ol className={classes.contents} aria-label={t("preview.contents")}>
      {entries.map((entry) => (
        <li key={`${entry.path}#${entry.fragment ?? ""} ${entry.title}`}>
          <button
            type="button"
            style={{ paddingLeft: `${20 + entry.depth * 20}px` }}
            aria-current={entry.path === current && entry.fragment === null}
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

interface PageProps {
  book: Book;
  place: Place;
  size: number;
  onOpen: ContentsProps["onOpen"];
}

/** One chapter, once it is unpacked. */
function Page({ book, place, size, onOpen }: PageProps) {
  const { t } = useTranslation();
  const chapter = book.chapters[place.chapter];
  const [content, setContent] = useState<Document | "failed" | null>(null);
  useEffect(() => {
    let isOver = false;
    const load = async () => {
      const read = chapter === undefined ? "failed" : await book.readChapter(chapter).catch(failed);
      if (!isOver) {
        setContent(read);
      }
    };
    void load();
    return () => {
      isOver = true;
    };
  }, [book, chapter]);
  if (content === null || content === "failed" || chapter === undefined) {
    return (
      <div className={classes.page}>
        {content === null ? <LoadingLine /> : <Notice kind="info">{t("preview.chapterBroken")}</Notice>}
      </div>
    );
  }
  const label = chapter.title ?? t("preview.chapter", { number: place.chapter + 1 });
  return (
    <ChapterPage label={label} fragment={place.fragment} size={size} language={book.language}>
      <ChapterText book={book} path={chapter.path} document={content} onOpen={onOpen} />
    </ChapterPage>
  );
}

interface ChapterPageProps {
  label: string;
  fragment: string | null;
  size: number;
  language: string | null;
  children: ReactNode;
}

/** A chapter, scrolled to the place asked for. */
function ChapterPage({ label, fragment, size, language, children }: ChapterPageProps) {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    const place = fragment === null ? null : `[data-place="${CSS.escape(fragment)}"]`;
    const target = place === null ? null : frame.current?.querySelector<HTMLElement>(place);
    if (frame.current !== null) {
      frame.current.scrollTop = target ? target.offsetTop - frame.current.offsetTop - 16 : 0;
    }
  }, [fragment]);
  return (
    <ScrollFrame frame={frame} className={classes.page} label={label} fontSize={`${size}rem`}>
      <div className={classes.text} {...(language === null ? {} : { lang: language })}>
        {children}
      </div>
    </ScrollFrame>
  );
}

function useBook({ url, bytes }: StoredFile): Book | "failed" | null {
  const [opened, setOpened] = useState<Book | "failed" | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    openBook({ url, bytes }, abort.signal).then(setOpened, () => {
      if (!abort.signal.aborted) {
        setOpened("failed");
      }
    });
    return () => {
      abort.abort();
    };
  }, [url, bytes]);
  return opened;
}

/** The size of the letters, remembered between books. */
function useTextSize(): [number, (size: number) => void] {
  const [size, setSize] = useState(() => {
    const stored = Number(readStored(SIZE_KEY) ?? USUAL_SIZE);
    return SIZES[stored] === undefined ? USUAL_SIZE : stored;
  });
  return [
    size,
    (next) => {
      writeStored(SIZE_KEY, String(next));
      setSize(next);
    },
  ];
}
