import { IconPhoto, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { MediumIcon } from "../../components/medium.tsx";
import { clockOf } from "../preview/clock.ts";
import { SmallPicture } from "../preview/small-picture.tsx";
import { kindOf, type StoredFile } from "../preview/stored-file.ts";
import type { PastValue } from "./past-values.ts";
import classes from "./fields.module.css";

/** What a variable held in the last execution: an excerpt, a small picture, how long a sound is. */
export function PastValueLine({ value, hasRun }: { value: PastValue | null; hasRun: boolean }) {
  const { t } = useTranslation();
  if (value === null) {
    return <span className={classes.pastNone}>{t(hasRun ? "fields.heldNothing" : "fields.noRun")}</span>;
  }
  if (value.kind === "text") {
    return (
      <span className={classes.pastText} data-medium={value.medium}>
        {value.text}
      </span>
    );
  }
  const [first] = value.files;
  return (
    <span className={classes.pastFiles}>
      {first !== undefined && <FileSign file={first} />}
      {value.files.length > 1 && <span>{t("fields.files", { count: value.files.length })}</span>}
    </span>
  );
}

function FileSign({ file }: { file: StoredFile }) {
  const kind = kindOf(file.mediaType);
  if (kind === "image") {
    return (
      <SmallPicture
        url={file.url}
        side={160}
        alt=""
        className={classes.pastPicture}
        instead={<IconPhoto size={16} stroke={1.75} aria-hidden />}
      />
    );
  }
  if (kind === "audio" || kind === "video") {
    return (
      <span className={classes.pastSound}>
        <IconPlayerPlay size={16} stroke={1.75} aria-hidden />
        {file.seconds !== undefined && clockOf(file.seconds)}
      </span>
    );
  }
  return (
    <span className={classes.pastSound}>
      <MediumIcon medium="document" size={16} />
      {file.name}
    </span>
  );
}
