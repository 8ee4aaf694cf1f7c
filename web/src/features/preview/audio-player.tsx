import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward15,
  IconRewindForward15,
} from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { Notice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import { clockOf } from "./clock.ts";
import { readRemote } from "./remote-file.ts";
import { readChapters, type Chapter } from "./sound-chapters.ts";
import { SpokenWords } from "./spoken-words.tsx";
import type { StoredFile } from "./stored-file.ts";
import { usePeaks, Wave } from "./wave.tsx";
import classes from "./audio-player.module.css";

const RATES = [0.75, 1, 1.25, 1.5, 2];
const NO_WORDS: NonNullable<Result["words"]> = [];
/** Longer sounds can be skipped through. */
const LONG_SECONDS = 60;

interface AudioPlayerProps {
  file: StoredFile;
  label: string;
  words?: Result["words"];
  /** Only what it takes to listen, for a list of many. */
  isCompact?: boolean;
}

/** A sound: its waveform, its chapters where it has any, and the words that are spoken as they are spoken. */
export default function AudioPlayer({ file, label, words = NO_WORDS, isCompact = false }: AudioPlayerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const audio = useRef<HTMLAudioElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [time, setTime] = useState(0);
  const [seconds, setSeconds] = useState(file.seconds ?? 0);
  const [rate, setRate] = useState(1);
  const peaks = usePeaks(isCompact ? null : file, frame);
  const chapters = useChapters(isCompact ? null : file);
  const seek = (to: number) => {
    if (audio.current !== null) {
      audio.current.currentTime = Math.min(Math.max(0, to), seconds);
      setTime(audio.current.currentTime);
    }
  };
  const toggle = () => {
    const element = audio.current;
    if (element?.paused === true) {
      element.play().catch(() => {
        setPlaying(false);
      });
    } else {
      element?.pause();
    }
  };
  return (
    <div className={classes.player} ref={frame} data-compact={isCompact}>
      {/* What is heard is shown below as text, word by word, where its times are known. */}
      <audio
        ref={audio}
        preload={isCompact && file.seconds !== undefined ? "none" : "metadata"}
        src={file.url}
        aria-label={label}
        onPlay={() => {
          setPlaying(true);
        }}
        onPause={({ currentTarget }) => {
          setPlaying(false);
          setTime(currentTarget.currentTime);
        }}
        onError={() => {
          setBroken(true);
        }}
        onTimeUpdate={({ currentTarget }) => {
          setTime(currentTarget.currentTime);
        }}
        onLoadedMetadata={({ currentTarget }) => {
          if (Number.isFinite(currentTarget.duration)) {
            setSeconds(currentTarget.duration);
          }
        }}
      >
        <track kind="captions" />
      </audio>
      {isBroken && <Notice kind="error">{t("preview.soundBroken")}</Notice>}
      <div className={classes.controls}>
        <ActionIcon
          variant="filled"
          color="petrol"
          size={isCompact ? 40 : 48}
          radius="xl"
          aria-label={t(isPlaying ? "preview.pause" : "preview.play", { name: label })}
          onClick={toggle}
        >
          {isPlaying ? (
            <IconPlayerPauseFilled aria-hidden size={20} />
          ) : (
            <IconPlayerPlayFilled aria-hidden size={20} />
          )}
        </ActionIcon>
        <Timeline
          audio={audio}
          isPlaying={isPlaying}
          time={time}
          seconds={seconds}
          peaks={peaks}
          onSeek={seek}
        />
        {isCompact && (
          <span className={`${classes.clock} figures`}>{clockOf(isPlaying ? time : seconds)}</span>
        )}
      </div>
      {!isCompact && (
        <div className={classes.foot}>
          <span className="figures">
            {clockOf(time)} / {clockOf(seconds)}
          </span>
          {seconds > LONG_SECONDS && (
            <span className={classes.skips}>
              <ActionIcon
                aria-label={t("preview.back15")}
                onClick={() => {
                  seek(time - 15);
                }}
              >
                <IconRewindBackward15 aria-hidden size={20} stroke={1.75} />
              </ActionIcon>
              <ActionIcon
                aria-label={t("preview.forward15")}
                onClick={() => {
                  seek(time + 15);
                }}
              >
                <IconRewindForward15 aria-hidden size={20} stroke={1.75} />
              </ActionIcon>
            </span>
          )}
          <Menu position="top-end" withinPortal>
            <Menu.Target>
              <Button
                variant="subtle"
                color="gray"
                aria-label={t("preview.speed", { rate: format.number(rate) })}
              >
                {format.number(rate)}×
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {RATES.map((each) => (
                <Menu.Item
                  key={each}
                  onClick={() => {
                    setRate(each);
                    if (audio.current !== null) {
                      audio.current.playbackRate = each;
                    }
                  }}
                >
                  {format.number(each)}×
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
      {chapters.length > 1 && <Chapters chapters={chapters} time={time} onSeek={seek} />}
      {words.length > 0 && !isCompact && (
        <SpokenWords audio={audio} words={words} isPlaying={isPlaying} onSeek={seek} />
      )}
    </div>
  );
}

interface TimelineProps {
  audio: RefObject<HTMLAudioElement | null>;
  isPlaying: boolean;
  time: number;
  seconds: number;
  peaks: readonly number[] | null;
  onSeek: (seconds: number) => void;
}

const STEPS: Record<string, number> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -30,
  PageUp: 30,
};

/** Where one is in the sound: drawn at each frame while it plays, and moved by pointer or keys. */
function Timeline({ audio, isPlaying, time, seconds, peaks, onSeek }: TimelineProps) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let next = 0;
    const draw = () => {
      const heard = seconds > 0 ? (isPlaying ? (audio.current?.currentTime ?? 0) : time) / seconds : 0;
      frame.current?.style.setProperty("--heard", `${heard * 100}%`);
      if (isPlaying) {
        next = requestAnimationFrame(draw);
      }
    };
    draw();
    return () => {
      cancelAnimationFrame(next);
    };
  }, [audio, isPlaying, time, seconds]);
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      onSeek(time + step);
    }
  };
  return (
    <div ref={frame} className={classes.timeline}>
      <Wave peaks={peaks} />
      <input
        type="range"
        min={0}
        max={seconds}
        step={0.05}
        value={time}
        aria-label={t("preview.position")}
        aria-valuetext={t("preview.positionOf", { time: clockOf(time), total: clockOf(seconds) })}
        onKeyDown={press}
        onChange={(event) => {
          onSeek(event.currentTarget.valueAsNumber);
        }}
      />
    </div>
  );
}

interface ChaptersProps {
  chapters: readonly Chapter[];
  time: number;
  onSeek: (seconds: number) => void;
}

function Chapters({ chapters, time, onSeek }: ChaptersProps) {
  const { t } = useTranslation();
  const current = chapters.findLastIndex(({ start }) => start <= time + 0.01);
  return (
    <ol className={classes.chapters} aria-label={t("preview.chapters")}>
      {chapters.map(({ title, start }, index) => (
        <li key={`${start}-${title}`}>
          <button
            type="button"
            aria-current={index === current}
            onClick={() => {
              onSeek(start);
            }}
          >
            <span>{title === "" ? t("preview.chapter", { number: index + 1 }) : title}</span>
            <span className="figures">{clockOf(start)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** The chapters of a file; of none there are none. */
function useChapters(file: StoredFile | null): readonly Chapter[] {
  const [chapters, setChapters] = useState<readonly Chapter[]>([]);
  const { url, bytes } = file ?? {};
  useEffect(() => {
    if (url === undefined || bytes === undefined) {
      return undefined;
    }
    const abort = new AbortController();
    readChapters(readRemote(url, abort.signal), bytes).then(setChapters, () => undefined);
    return () => {
      abort.abort();
    };
  }, [url, bytes]);
  return chapters;
}
