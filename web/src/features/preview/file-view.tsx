import { IconFile } from "@tabler/icons-react";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "../../api/types.ts";
import { lazyPart } from "../../components/lazy-part.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { Picture } from "./picture.tsx";
import { kindOf, type StoredFile } from "./stored-file.ts";
import classes from "./preview.module.css";

const AudioPlayer = lazyPart(() => import("./audio-player.tsx"));
const EpubReader = lazyPart(() => import("./epub-reader.tsx"));
const PdfView = lazyPart(() => import("./pdf-view.tsx"));
const TextView = lazyPart(() => import("./text-view.tsx"));
const VideoPlayer = lazyPart(() => import("./video-player.tsx"));
const ZipView = lazyPart(() => import("./zip-view.tsx"));

interface FileViewProps {
  file: StoredFile;
  label: string;
  words?: Result["words"];
  captions?: StoredFile | undefined;
}

/** A stored file, in the form that suits it. Readers and players are loaded when the first of them is shown. */
export function FileView(props: FileViewProps) {
  return <Suspense fallback={<LoadingLine />}>{viewOf(props)}</Suspense>;
}

function viewOf({ file, label, words, captions }: FileViewProps): ReactNode {
  switch (kindOf(file.mediaType)) {
    case "image":
      return <Picture file={file} label={label} />;
    case "audio":
      return <AudioPlayer file={file} label={label} words={words} />;
    case "video":
      return <VideoPlayer file={file} label={label} words={words} captions={captions} />;
    case "epub":
      return <EpubReader file={file} label={label} />;
    case "pdf":
      return <PdfView file={file} label={label} />;
    case "zip":
      return <ZipView file={file} label={label} />;
    case "text":
      return <TextView file={file} label={label} />;
    case "other":
    default:
      return <OtherFile />;
  }
}

function OtherFile() {
  const { t } = useTranslation();
  return (
    <div className={classes.card}>
      <IconFile aria-hidden size={28} stroke={1.5} />
      <p>{t("preview.noPreview")}</p>
    </div>
  );
}
