import { FileInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUpload } from "../../api/rerun.ts";
import type { RerunBody, Result } from "../../api/types.ts";
import { ProblemNotice } from "../../components/notice.tsx";

/** What a person gives in place of a result. */
export type Replacement = Pick<NonNullable<RerunBody["replace"]>[number], "text" | "json" | "artifact_ids">;

interface ReplacementFieldProps {
  result: Result;
  /** Null while there is nothing that could take its place. */
  onChange: (replacement: Replacement | null) => void;
}

const ACCEPTED: Partial<Record<Result["type"], string>> = {
  image: "image/png,image/jpeg,image/webp,image/gif,image/avif",
  audio: "audio/*",
  video: "video/*",
  document: "application/pdf,application/epub+zip",
};

export function ReplacementField({ result, onChange }: ReplacementFieldProps) {
  return result.url === undefined ? (
    <TextReplacement result={result} onChange={onChange} />
  ) : (
    <FileReplacement result={result} onChange={onChange} />
  );
}

function TextReplacement({ result, onChange }: ReplacementFieldProps) {
  const { t } = useTranslation();
  const isJson = result.type === "json";
  const [text, setText] = useState(isJson ? JSON.stringify(result.json, null, 2) : (result.text ?? ""));
  const [isBroken, setBroken] = useState(false);
  const change = (next: string) => {
    setText(next);
    const replacement = isJson ? readJson(next) : next.trim() === "" ? null : { text: next };
    setBroken(isJson && replacement === null);
    onChange(replacement);
  };
  return (
    <Textarea
      label={t(isJson ? "rerun.json" : "rerun.text")}
      data-autofocus
      autosize
      minRows={6}
      maxRows={16}
      value={text}
      error={isBroken && t("rerun.notJson")}
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
}

function readJson(text: string): Replacement | null {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
}

function FileReplacement({ result, onChange }: ReplacementFieldProps) {
  const { t } = useTranslation();
  const upload = useUpload();
  const [file, setFile] = useState<File | null>(null);
  const choose = (chosen: File | null) => {
    setFile(chosen);
    onChange(null);
    if (chosen !== null) {
      upload.mutate(chosen, {
        onSuccess: (artifact) => {
          onChange(artifact === undefined ? null : { artifact_ids: [artifact.id] });
        },
      });
    }
  };
  return (
    <>
      <FileInput
        label={t("rerun.file")}
        placeholder={t("rerun.chooseFile")}
        description={upload.isPending ? t("rerun.uploading") : undefined}
        accept={ACCEPTED[result.type] ?? ""}
        clearable
        value={file}
        onChange={choose}
      />
      {upload.error !== null && <ProblemNotice error={upload.error} />}
    </>
  );
}
