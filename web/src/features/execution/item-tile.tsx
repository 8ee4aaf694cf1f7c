import { ActionIcon } from "@mantine/core";
import { IconArrowsDiagonal, IconChevronDown, IconDownload, IconRepeat } from "@tabler/icons-react";
import { Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import type { ItemResult, StepData } from "../../api/types.ts";
import { MediumIcon } from "../../components/medium.tsx";
import { clockOf } from "../preview/clock.ts";
import { SmallPicture } from "../preview/small-picture.tsx";
import { storedFilesOf, type StoredFile } from "../preview/stored-file.ts";
import { filesOf, type NamedResult, type ResultFile } from "./result-file.ts";
import { ResultBody } from "./result-parts.ts";
import classes from "./item-list.module.css";

const AudioPlayer = lazyPart(() => import("../preview/audio-player.tsx"));
const PREVIEW_CHARACTERS = 320;

/** What an item has of its step. */
export type ItemStep = Pick<StepData, "step_number" | "name" | "modality" | "status">;

interface ItemTileProps {
  result: ItemResult;
  step: ItemStep;
  topic: string;
  onOpen: () => void;
  /** Null while the execution is under way. */
  onRerun: (() => void) | null;
}

/** What one item has made, small: opened it is shown large. A text opens where it stands. */
export function ItemTile({ result, step, topic, onOpen, onRerun }: ItemTileProps) {
  const { t } = useTranslation();
  const number = result.item + 1;
  const whole: NamedResult = { ...result, step_number: step.step_number, name: step.name };
  const actions = (
    <ItemActions number={number} files={filesOf(whole)} onRerun={onRerun}>
      {result.type === "audio" && (
        <ActionIcon aria-label={t("execution.items.open", { number })} onClick={onOpen}>
          <IconArrowsDiagonal aria-hidden size={18} stroke={1.75} />
        </ActionIcon>
      )}
    </ItemActions>
  );
  if (result.type === "text" || result.type === "json") {
    return (
      <TextTile result={result} number={number}>
        <Suspense fallback={null}>
          <ResultBody result={whole} topic={topic} />
        </Suspense>
        {actions}
      </TextTile>
    );
  }
  const [file] = storedFilesOf(result);
  const label = t("execution.items.labelOf", { number, name: step.name ?? t(`medium.${result.type}`) });
  if (file === undefined) {
    return null;
  }
  if (result.type === "audio") {
    return (
      <div className={classes.sound}>
        <ItemNumber number={number} />
        <Suspense fallback={<span className={classes.soundWaits} />}>
          <AudioPlayer file={file} label={label} isCompact />
        </Suspense>
        {actions}
      </div>
    );
  }
  return (
    <figure className={classes.figure}>
      <button
        type="button"
        className={classes.open}
        aria-label={t("execution.items.open", { number })}
        style={{ aspectRatio: shapeOf(file) }}
        onClick={onOpen}
      >
        <Thumbnail result={result} file={file} label={label} />
      </button>
      <figcaption className={classes.caption}>
        <ItemNumber number={number} />
        {file.seconds !== undefined && (
          <span className={`${classes.seconds} figures`}>{clockOf(file.seconds)}</span>
        )}
        {actions}
      </figcaption>
    </figure>
  );
}

interface TextTileProps {
  result: ItemResult;
  number: number;
  /** The whole of it. */
  children: ReactNode;
}

/** A text by its beginning. The whole is laid out once it is opened. */
function TextTile({ result, number, children }: TextTileProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className={classes.text}
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <ItemNumber number={number} />
        <span className={classes.preview}>{previewOf(result)}</span>
        <IconChevronDown aria-hidden size={18} stroke={1.75} className={classes.chevron} />
      </summary>
      {isOpen && <div className={classes.whole}>{children}</div>}
    </details>
  );
}

/** Width by height of a tile: that of the picture, unless it is a strip. */
function shapeOf({ width = 4, height = 3 }: StoredFile): number {
  return Math.min(1.8, Math.max(0.6, width / height));
}

export function ItemNumber({ number }: { number: number }) {
  const { t } = useTranslation();
  return (
    <span className={classes.number}>
      <span className="visually-hidden">{t("execution.items.number", { number })}</span>
      <span aria-hidden>{number}</span>
    </span>
  );
}

interface ThumbnailProps {
  result: Pick<ItemResult, "type">;
  file: StoredFile;
  label: string;
}

/** A file, small: the picture, one picture of a film, or a sign of what it is. */
export function Thumbnail({ result, file, label }: ThumbnailProps) {
  const sign = (
    <span className={classes.sign}>
      <MediumIcon medium={result.type} size={36} />
    </span>
  );
  if (result.type !== "image" && result.type !== "video") {
    return sign;
  }
  return (
    <SmallPicture
      url={file.url}
      side={320}
      alt={label}
      width={file.width}
      height={file.height}
      instead={sign}
    />
  );
}

interface ItemActionsProps {
  number: number;
  files: readonly ResultFile[];
  onRerun: (() => void) | null;
  children?: ReactNode;
}

function ItemActions({ number, files, onRerun, children }: ItemActionsProps) {
  const { t } = useTranslation();
  return (
    <span className={classes.actions}>
      {children}
      {onRerun !== null && (
        <ActionIcon aria-label={t("execution.items.rerun", { number })} onClick={onRerun}>
          <IconRepeat aria-hidden size={18} stroke={1.75} />
        </ActionIcon>
      )}
      {files.map((file) => (
        <ActionIcon
          key={file.url}
          component="a"
          href={file.url}
          download={file.fileName}
          aria-label={`${t("execution.download")} ${file.fileName}`}
        >
          <IconDownload aria-hidden size={18} stroke={1.75} />
        </ActionIcon>
      ))}
    </span>
  );
}

/** What a text says of itself before it begins: a first paragraph in italics, the same in every item of a rehearsal. */
const NOTE = /^\s*([*_])(?!\1)[^\n]+\1\s*\n\s*\n/;

/** The beginning of a text in one line, without the signs of Markdown. */
export function previewOf(result: Pick<ItemResult, "type" | "text" | "json">): string {
  const text = result.type === "json" ? JSON.stringify(result.json) : (result.text ?? "");
  return text
    .replace(NOTE, "")
    .slice(0, PREVIEW_CHARACTERS)
    .replaceAll(/[#*_`>]+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
