import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { extensionOf } from "../../../../src/workflow/result-names.ts";
import type { Result } from "../../api/types.ts";
import { FileView } from "./file-view.tsx";
import { storedFilesOf, type StoredFile } from "./stored-file.ts";
import classes from "./preview.module.css";

interface ResultFilesProps {
  result: Pick<Result, "type" | "files" | "url" | "media_type" | "bytes" | "file_name" | "words">;
  label: string;
}

/** The files of a result: the only one at once, several behind tabs that are named by what they are. */
export function ResultFiles({ result, label }: ResultFilesProps) {
  const { t } = useTranslation();
  const files = storedFilesOf(result);
  const captions = files.find(({ mediaType }) => mediaType.startsWith("text/vtt"));
  const shared = { words: result.words, captions };
  const [first] = files;
  if (first === undefined) {
    return null;
  }
  if (files.length === 1) {
    return <FileView file={first} label={label} {...shared} />;
  }
  const names = tabNames(files, result.type);
  return (
    <Tabs defaultValue={first.url} keepMounted={false}>
      <Tabs.List aria-label={t("preview.files")}>
        {files.map(({ url }, index) => (
          <Tabs.Tab key={url} value={url}>
            {names[index]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {files.map((file, index) => (
        <Tabs.Panel key={file.url} value={file.url} className={classes.panel}>
          <FileView file={file} label={`${label} (${names[index] ?? ""})`} {...shared} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** `EPUB`, `PDF`; several of a kind are counted: `MP3 1`, `MP3 2`. */
function tabNames(files: readonly StoredFile[], type: Result["type"]): string[] {
  const kinds = files.map((file) => extensionOf(file, type).toUpperCase());
  return kinds.map((kind, index) => {
    const isAlone = kinds.filter((other) => other === kind).length === 1;
    return isAlone ? kind : `${kind} ${kinds.slice(0, index + 1).filter((other) => other === kind).length}`;
  });
}
