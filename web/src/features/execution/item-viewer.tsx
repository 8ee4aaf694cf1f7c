import { ActionIcon, Button, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconChevronLeft,
  IconChevronRight,
  IconLayoutColumns,
  IconDownload,
  IconRepeat,
} from "@tabler/icons-react";
import { Suspense, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ItemResult, StepData } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { needsEscapeKey, useCloseRequest } from "../../components/use-close-request.ts";
import { TakeStrip } from "../takes/take-strip.tsx";
import type { Taking } from "../takes/taking.ts";
import { ZoomStage } from "../preview/zoom-stage.tsx";
import { filesOf, type NamedResult } from "./result-file.ts";
import { ResultBody } from "./result-parts.ts";
import classes from "./item-list.module.css";

interface ItemViewerProps {
  /** What the items have made, those that are there. */
  results: readonly ItemResult[];
  opened: ItemResult;
  step: StepData;
  topic: string;
  onOpen: (result: ItemResult) => void;
  onRerun: ((item: number) => void) | null;
  executionId: number;
  onTake: ((taking: Taking) => void) | null;
  onClose: () => void;
}

/** One item, large, with the way to the one before and the one after it, also by the arrow keys. */
export default function ItemViewer(props: ItemViewerProps) {
  const { results, opened, step, topic, onOpen, onRerun, onClose, executionId, onTake } = props;
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)");
  useCloseRequest(onClose);
  const at = results.findIndex(({ item }) => item === opened.item);
  const turn = (by: number) => {
    const next = results[at + by];
    if (next !== undefined) {
      onOpen(next);
    }
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined && !event.defaultPrevented) {
      turn(by);
    }
  };
  const number = opened.item + 1;
  const name = step.name ?? t(`medium.${opened.type}`);
  const whole: NamedResult = { ...opened, step_number: step.step_number, name: step.name };
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnEscape={needsEscapeKey()}
      size={1080}
      fullScreen={isPhone}
      title={t("execution.items.viewer", { name, number })}
      closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
      onKeyDown={press}
    >
      <div className={classes.viewer}>
        <div className={classes.large} key={opened.item}>
          {opened.type === "image" && opened.url !== undefined ? (
            <div className={classes.zoom}>
              <ZoomStage src={opened.url} label={t("execution.items.labelOf", { number, name })} />
            </div>
          ) : (
            <Suspense fallback={<LoadingLine />}>
              <ResultBody result={whole} topic={topic} />
            </Suspense>
          )}
        </div>
        <div className={classes.viewerBar}>
          <ActionIcon
            variant="default"
            aria-label={t("preview.previous")}
            disabled={at <= 0}
            onClick={() => {
              turn(-1);
            }}
          >
            <IconChevronLeft aria-hidden size={20} stroke={1.75} />
          </ActionIcon>
          <span className="figures" aria-live="polite">
            {t("execution.items.progress", { done: at + 1, total: results.length })}
          </span>
          <ActionIcon
            variant="default"
            aria-label={t("preview.next")}
            disabled={at >= results.length - 1}
            onClick={() => {
              turn(1);
            }}
          >
            <IconChevronRight aria-hidden size={20} stroke={1.75} />
          </ActionIcon>
          <span className={classes.viewerActions}>
            {onTake !== null && (
              <Button
                variant="default"
                leftSection={<IconLayoutColumns aria-hidden size={18} stroke={1.75} />}
                onClick={() => {
                  onClose();
                  onTake({ stepNumber: step.step_number, item: opened.item, shown: null });
                }}
              >
                {t("takes.compare")}
              </Button>
            )}
            {onRerun !== null && (
              <Button
                variant="default"
                leftSection={<IconRepeat aria-hidden size={18} stroke={1.75} />}
                onClick={() => {
                  onClose();
                  onRerun(opened.item);
                }}
              >
                {t("execution.items.again")}
              </Button>
            )}
            {filesOf(whole).map((file) => (
              <Button
                key={file.url}
                component="a"
                href={file.url}
                download={file.fileName}
                variant="default"
                leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
              >
                {t("execution.download")}
                <span className="visually-hidden"> {file.fileName}</span>
              </Button>
            ))}
          </span>
        </div>
        {onTake !== null && (
          <TakeStrip
            key={`takes-${opened.item}`}
            executionId={executionId}
            stepNumber={step.step_number}
            item={opened.item}
            onTake={(taking) => {
              onClose();
              onTake(taking);
            }}
          />
        )}
      </div>
    </Modal>
  );
}
