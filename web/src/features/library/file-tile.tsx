import { useEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedArtifactWire } from "../../api/types.ts";
import { formatElapsed } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import { SmallPicture } from "../preview/small-picture.tsx";
import { KindIcon } from "./kind.tsx";
import classes from "./library.module.css";

interface FileTileProps {
  file: ListedArtifactWire;
  place: { index: number; count: number };
  box: { width: number; height: number; left: number; top: number };
  onOpen: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** It is to have the focus, as soon as it is drawn. */
  isWanted: boolean;
  onFocused: () => void;
}

/** A file of the library: a small picture of it, or its sign, with its name and what it came from. */
export function FileTile({ file, place, box, onOpen, onKeyDown, isWanted, onFocused }: FileTileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isWanted) {
      button.current?.focus({ preventScroll: true });
      onFocused();
    }
  }, [isWanted, onFocused]);
  const origin = file.is_upload ? t("library.upload") : (file.title ?? t("library.untitled"));
  return (
    <li
      aria-posinset={place.index + 1}
      aria-setsize={place.count}
      className={classes.tile}
      data-medium={file.kind}
      style={{ width: box.width, height: box.height, transform: `translate(${box.left}px, ${box.top}px)` }}
    >
      <button type="button" className={classes.open} ref={button} onClick={onOpen} onKeyDown={onKeyDown}>
        <TilePicture file={file} />
        <span className={classes.name}>
          <span className={classes.sign}>
            <KindIcon kind={file.kind} size={16} />
          </span>
          <span className="visually-hidden">{t(`library.one.${file.kind}`)}</span>
          <span className={classes.clipped}>{file.file_name}</span>
        </span>
        <span className={classes.origin}>
          <span className={classes.clipped}>{origin}</span>
          <span className="figures">{format.shortDay(file.created_at.slice(0, 10))}</span>
        </span>
      </button>
    </li>
  );
}

function TilePicture({ file }: { file: ListedArtifactWire }) {
  const seconds = file.duration_seconds;
  const sign = (
    <span className={classes.sign}>
      <KindIcon kind={file.kind} size={36} />
    </span>
  );
  return (
    <span className={classes.picture} data-local={file.performed_by === "local"}>
      {file.kind === "image" || file.kind === "video" ? (
        <SmallPicture url={file.url} side={320} alt="" instead={sign} />
      ) : (
        sign
      )}
      {seconds !== undefined && (
        <span className={`${classes.length} figures`}>{formatElapsed(seconds * 1_000)}</span>
      )}
    </span>
  );
}
