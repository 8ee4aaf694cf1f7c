import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { captionsOf } from "./captions.ts";
import MarkdownText from "./markdown-text.tsx";
import classes from "./execution.module.css";

interface ResultBodyProps {
  result: Result;
  topic: string;
}

/** What a step made, in the form that suits it. */
export default function ResultBody({ result, topic }: ResultBodyProps) {
  const { t } = useTranslation();
  const label = t("execution.resultLabel", { name: result.name ?? t(`medium.${result.type}`), topic });
  if (result.type === "text") {
    return <MarkdownText text={result.text ?? ""} />;
  }
  if (result.type === "json") {
    return <pre className={classes.json}>{JSON.stringify(result.json, null, 2)}</pre>;
  }
  const size = { width: result.width, height: result.height };
  if (result.type === "image") {
    return <img className={classes.image} src={result.url} alt={label} {...size} />;
  }
  const media = { controls: true, preload: "metadata", src: result.url, "aria-label": label };
  if (result.type === "audio") {
    return (
      <audio className={classes.audio} {...media}>
        <track kind="captions" ref={attachCaptions(result.words)} />
      </audio>
    );
  }
  if (result.type === "video") {
    return (
      <video className={classes.video} playsInline {...media} {...size}>
        <track kind="captions" ref={attachCaptions(result.words)} />
      </video>
    );
  }
  return <p className={classes.quiet}>{t("execution.documentReady")}</p>;
}

/** Gives a track the captions made from the timings of the words, where there are any. */
function attachCaptions(words: Result["words"]) {
  return (track: HTMLTrackElement | null) => {
    if (track === null || words === undefined || words.length === 0) {
      return undefined;
    }
    const address = URL.createObjectURL(new Blob([captionsOf(words)], { type: "text/vtt" }));
    track.src = address;
    return () => {
      URL.revokeObjectURL(address);
    };
  };
}
