import { IconFileZip } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice } from "../../components/notice.tsx";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { useFormat } from "../../use-format.ts";
import { readRemote } from "./remote-file.ts";
import type { StoredFile } from "./stored-file.ts";
import { listZip, type ZipFile } from "./zip-directory.ts";
import classes from "./preview.module.css";

const SHOWN = 300;

/** What is in a ZIP, without loading it. */
export default function ZipView({ file: { url, bytes }, label }: { file: StoredFile; label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [files, setFiles] = useState<readonly ZipFile[] | "failed" | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    listZip(readRemote(url, abort.signal), bytes).then(setFiles, () => {
      if (!abort.signal.aborted) {
        setFiles("failed");
      }
    });
    return () => {
      abort.abort();
    };
  }, [url, bytes]);
  if (files === null) {
    return <LoadingLine />;
  }
  if (files === "failed") {
    return <Notice kind="info">{t("preview.zipBroken")}</Notice>;
  }
  return (
    <div className={classes.zip}>
      <p className={classes.zipHead}>
        <IconFileZip aria-hidden size={22} stroke={1.5} />
        {t("preview.filesInside", { count: files.length })}
      </p>
      <ScrollFrame label={label} className={classes.zipList}>
        <ul>
          {files.slice(0, SHOWN).map((file) => (
            <li key={file.offset}>
              <span>{file.name}</span>
              <span className="figures">{format.bytes(file.bytes)}</span>
            </li>
          ))}
        </ul>
      </ScrollFrame>
    </div>
  );
}
