import { useEffect, useMemo, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { wordAt } from "./word-at.ts";
import classes from "./audio-player.module.css";

interface SpokenWordsProps {
  audio: RefObject<HTMLAudioElement | null>;
  words: NonNullable<Result["words"]>;
  isPlaying: boolean;
  onSeek: (seconds: number) => void;
}

/** What is said, the word of the moment marked. A click on a word goes there; keys do so on the timeline. */
export function SpokenWords({ audio, words, isPlaying, onSeek }: SpokenWordsProps) {
  const { t } = useTranslation();
  const text = useRef<HTMLElement>(null);
  const spoken = useMemo(() => words.map(({ word }, index) => ({ index, word })), [words]);
  useEffect(() => {
    if (!isPlaying) {
      return undefined;
    }
    const shown = [...(text.current?.querySelectorAll<HTMLElement>("[data-word]") ?? [])];
    let frame = 0;
    let marked: HTMLElement | undefined;
    const follow = () => {
      const word = shown[wordAt(words, audio.current?.currentTime ?? 0)];
      if (word !== marked) {
        marked?.removeAttribute("data-current");
        word?.setAttribute("data-current", "true");
        marked = word;
        keepInView(text.current, word);
      }
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => {
      cancelAnimationFrame(frame);
      marked?.removeAttribute("data-current");
    };
  }, [audio, words, isPlaying]);
  const choose = (target: EventTarget) => {
    const pressed = target instanceof HTMLElement ? target.dataset["word"] : undefined;
    const word = pressed === undefined ? undefined : words[Number(pressed)];
    if (word !== undefined) {
      onSeek(word.start);
    }
  };
  return (
    <ScrollFrame frame={text} className={classes.words} label={t("preview.words")} onPress={choose}>
      {spoken.map(({ index, word }) => (
        <span key={index} data-word={index}>
          {word}{" "}
        </span>
      ))}
    </ScrollFrame>
  );
}

/** Scrolls the text, never the page. */
function keepInView(text: HTMLElement | null, word: HTMLElement | undefined): void {
  if (text === null || word === undefined) {
    return;
  }
  const top = word.offsetTop - text.offsetTop;
  if (top < text.scrollTop || top + word.offsetHeight > text.scrollTop + text.clientHeight) {
    text.scrollTop = top - text.clientHeight / 3;
  }
}
