import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Notice } from "../../components/notice.tsx";
import { ScrollFrame } from "../../components/scroll-frame.tsx";
import { readRemote } from "./remote-file.ts";
import type { StoredFile } from "./stored-file.ts";
import classes from "./preview.module.css";

const MAX_BYTES = 200_000;

/** A file of characters, such as captions, as it is; the beginning of a long one. */
export default function TextView({ file: { url, bytes }, label }: { file: StoredFile; label: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      try {
        const read = await readRemote(url, abort.signal)(0, Math.min(bytes, MAX_BYTES));
        setText(new TextDecoder().decode(read));
      } catch {
        setBroken(!abort.signal.aborted);
      }
    };
    void load();
    return () => {
      abort.abort();
    };
  }, [url, bytes]);
  if (isBroken) {
    return <Notice kind="info">{t("preview.textBroken")}</Notice>;
  }
  if (text === null) {
    return <LoadingLine />;
  }
  return (
    <ScrollFrame label={label} className={classes.characters}>
      {text}
      {bytes > MAX_BYTES && "\n…"}
    </ScrollFrame>
  );
}
