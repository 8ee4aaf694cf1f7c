import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import type { Execution } from "../../api/types.ts";
import { CloseRequest } from "../../components/close-request.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import type { RerunTarget } from "../rerun/rerun-dialog.tsx";
import type { Taking } from "./taking.ts";

const CompareForm = lazyPart(() => import("./compare-form.tsx"));
const TakeSheet = lazyPart(() => import("./take-sheet.tsx"));

interface TakeDialogProps {
  execution: Execution;
  /** Null: closed. */
  taking: Taking | null;
  onTake: (taking: Taking | null) => void;
  /** A take was chosen. */
  onUse: (take: NonNullable<RerunTarget["take"]>) => void;
}

/** Models are chosen for one step, then what they made is seen side by side, and one of it is taken. */
export function TakeDialog({ execution, taking, onTake, onUse }: TakeDialogProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 700px)");
  const close = () => {
    onTake(null);
  };
  const isChoosing = taking?.shown === null;
  const number = taking?.stepNumber;
  return (
    <Modal
      opened={taking !== null}
      onClose={close}
      closeOnEscape={needsEscapeKey()}
      size={isChoosing ? "lg" : 1440}
      fullScreen={isPhone}
      title={t(isChoosing ? "takes.compareTitle" : "takes.sideBySide", { number })}
      closeButtonProps={{ "aria-label": t("actions.close"), size: 40 }}
    >
      {taking !== null && (
        <Suspense fallback={<LoadingLine />}>
          <CloseRequest onClose={close} />
          {taking.shown === null ? (
            <CompareForm execution={execution} taking={taking} onTake={onTake} />
          ) : (
            <TakeSheet
              execution={execution}
              taking={taking}
              ids={taking.shown}
              onCompare={() => {
                onTake({ ...taking, shown: null });
              }}
              onUse={onUse}
            />
          )}
        </Suspense>
      )}
    </Modal>
  );
}
