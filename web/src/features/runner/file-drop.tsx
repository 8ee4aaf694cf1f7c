import { Button, FileButton, Input } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCamera, IconFile, IconUpload, IconX } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../api/client.ts";
import { useUpload } from "../../api/rerun.ts";
import { ProblemNotice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import type { ChosenFile } from "./form-values.ts";
import classes from "./runner.module.css";

interface FileDropProps {
  label: string;
  required: boolean;
  error: string | null;
  chosen: ChosenFile | undefined;
  onChange: (file: ChosenFile | null) => void;
}

/** A file to choose, to drop, or to take with the camera of a phone; stored as soon as it is there. */
export function FileDrop({ label, required, error, chosen, onChange }: FileDropProps) {
  const { t } = useTranslation();
  const id = useId();
  const hasCamera = useMediaQuery("(pointer: coarse)");
  const upload = useUpload();
  const [isOver, setIsOver] = useState(false);
  const take = (file: File | null | undefined) => {
    if (!file) {
      return;
    }
    upload.mutate(file, {
      onSuccess: (stored) => {
        if (stored !== undefined) {
          const { id: artifactId, url, media_type: mediaType, bytes } = stored;
          onChange({ id: artifactId, name: file.name, url, mediaType, bytes });
        }
      },
    });
  };
  const failed = upload.error !== null && upload.variables;
  const isUnreachable = upload.error instanceof ApiProblem && upload.error.code === "unreachable";
  return (
    <fieldset className={classes.file} aria-labelledby={id}>
      <Input.Wrapper
        label={label}
        labelElement="div"
        labelProps={{ id }}
        required={required}
        error={error}
        size="md"
      >
        <div
          className={classes.drop}
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => {
            setIsOver(false);
          }}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            take(event.dataTransfer.files[0]);
          }}
        >
          {chosen !== undefined && !upload.isPending && (
            <Chosen
              file={chosen}
              label={label}
              onRemove={() => {
                onChange(null);
              }}
            />
          )}
          <div className={classes.dropButtons}>
            <FileButton onChange={take} inputProps={{ "aria-label": label }}>
              {(props) => (
                <Button
                  {...props}
                  variant="default"
                  loading={upload.isPending}
                  leftSection={<IconUpload aria-hidden size={18} stroke={1.75} />}
                >
                  {t(chosen === undefined ? "sharing.chooseFile" : "runner.form.otherFile")}
                </Button>
              )}
            </FileButton>
            {hasCamera && (
              <FileButton onChange={take} accept="image/*" capture="environment">
                {(props) => (
                  <Button
                    {...props}
                    variant="default"
                    disabled={upload.isPending}
                    leftSection={<IconCamera aria-hidden size={18} stroke={1.75} />}
                  >
                    {t("runner.form.camera")}
                  </Button>
                )}
              </FileButton>
            )}
            {!hasCamera && <span className={classes.quiet}>{t("sharing.orDrop")}</span>}
          </div>
        </div>
        {failed && (
          <div className={classes.dropProblem}>
            <ProblemNotice
              error={upload.error}
              actions={
                isUnreachable && (
                  <Button
                    variant="default"
                    onClick={() => {
                      take(failed);
                    }}
                  >
                    {t("actions.tryAgain")}
                  </Button>
                )
              }
            />
          </div>
        )}
      </Input.Wrapper>
    </fieldset>
  );
}

interface ChosenProps {
  file: ChosenFile;
  label: string;
  onRemove: () => void;
}

function Chosen({ file, label, onRemove }: ChosenProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isPicture = file.mediaType?.startsWith("image/") === true;
  return (
    <div className={classes.chosen}>
      {isPicture && file.url !== undefined ? (
        <img className={classes.chosenPicture} src={file.url} alt="" />
      ) : (
        <IconFile aria-hidden size={22} stroke={1.6} />
      )}
      <span className={classes.chosenName}>{file.name ?? t("editor.fileKept")}</span>
      {file.bytes !== undefined && <span className="figures">{format.bytes(file.bytes)}</span>}
      <Button
        variant="subtle"
        color="gray"
        px={10}
        aria-label={t("runner.form.removeFile", { label })}
        onClick={onRemove}
      >
        <IconX aria-hidden size={18} stroke={1.75} />
      </Button>
    </div>
  );
}
