import {
  IconBook2,
  IconBraces,
  IconChevronRight,
  IconFileText,
  IconMicrophone,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconTextRecognition,
  IconVolume,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Medium as OutputMedium, Modality } from "../../../src/workflow/media.ts";
import classes from "./medium.module.css";

type AnyMedium = Modality | OutputMedium;

const ICONS: Record<AnyMedium, Icon> = {
  text: IconFileText,
  json: IconBraces,
  image: IconPhoto,
  speech: IconMicrophone,
  audio: IconVolume,
  music: IconMusic,
  sound: IconVolume,
  video: IconMovie,
  transcript: IconTextRecognition,
  document: IconBook2,
};

export function MediumIcon({ medium, size = 18 }: { medium: AnyMedium; size?: number }) {
  const Glyph = ICONS[medium];
  return <Glyph size={size} stroke={1.75} aria-hidden />;
}

/** The one sign of a medium: its icon, its word, its colour. */
export function MediumChip({ medium }: { medium: AnyMedium }) {
  const { t } = useTranslation();
  return (
    <span className={classes.chip} data-medium={medium}>
      <MediumIcon medium={medium} size={16} />
      {t(`medium.${medium}`)}
    </span>
  );
}

interface MediumChainProps {
  steps: { step_number: number; modality: AnyMedium }[];
}

/** What a workflow makes, step by step. */
export function MediumChain({ steps }: MediumChainProps) {
  const { t } = useTranslation();
  return (
    <ol className={classes.chain} aria-label={t("medium.chain")}>
      {steps.map((step) => (
        <li key={step.step_number} className={classes.link}>
          {step.step_number > 1 && (
            <IconChevronRight size={14} stroke={1.75} aria-hidden className={classes.arrow} />
          )}
          <MediumChip medium={step.modality} />
        </li>
      ))}
    </ol>
  );
}
