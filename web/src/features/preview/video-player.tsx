import { Switch } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { Notice } from "../../components/notice.tsx";
import { useLanguage } from "../../language.ts";
import { captionsOf } from "./captions.ts";
import type { StoredFile } from "./stored-file.ts";
import classes from "./preview.module.css";

interface VideoPlayerProps {
  file: StoredFile;
  label: string;
  words?: Result["words"];
  /** A WebVTT file that came with the film. */
  captions?: StoredFile | undefined;
}

/**
 * A film, with captions over it where somebody asks for them: from a file, otherwise from the times of the words. Films with
 * captions are composed here and mostly have them in their pictures, where a second layer would only be in the way.
 */
export default function VideoPlayer({ file, label, words, captions }: VideoPlayerProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const video = useRef<HTMLVideoElement>(null);
  const [isCaptioned, setCaptioned] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const hasCaptions = captions !== undefined || (words !== undefined && words.length > 0);
  useEffect(() => {
    const first = video.current?.textTracks[0];
    if (first !== undefined) {
      first.mode = hasCaptions ? (isCaptioned ? "showing" : "hidden") : "disabled";
    }
  }, [isCaptioned, hasCaptions]);
  return (
    <div className={classes.film}>
      {isBroken && <Notice kind="error">{t("preview.filmBroken")}</Notice>}
      <video
        ref={video}
        className={classes.video}
        controls
        playsInline
        preload="metadata"
        src={file.url}
        width={file.width}
        height={file.height}
        aria-label={label}
        onError={() => {
          setBroken(true);
        }}
      >
        <track
          kind="captions"
          ref={attachCaptions(captions?.url, words)}
          srcLang={language}
          label={t("preview.captions")}
        />
      </video>
      {hasCaptions && (
        <Switch
          label={t("preview.captions")}
          checked={isCaptioned}
          onChange={(event) => {
            setCaptioned(event.currentTarget.checked);
          }}
        />
      )}
    </div>
  );
}

/** Gives a track its captions: those of a file, otherwise made from the times of the words, where there are any. */
function attachCaptions(url: string | undefined, words: Result["words"]) {
  return (track: HTMLTrackElement | null) => {
    if (track === null || (url === undefined && (words === undefined || words.length === 0))) {
      return undefined;
    }
    const made =
      url === undefined
        ? URL.createObjectURL(new Blob([captionsOf(words ?? [])], { type: "text/vtt" }))
        : null;
    track.src = url ?? made ?? "";
    return () => {
      if (made !== null) {
        URL.revokeObjectURL(made);
      }
    };
  };
}
