import {
  IconFile,
  IconFileText,
  IconMovie,
  IconPhoto,
  IconVolume,
  IconBook2,
  type Icon,
} from "@tabler/icons-react";
import type { ArtifactKind } from "../../../../src/workflow/media.ts";

const ICONS: Record<ArtifactKind, Icon> = {
  image: IconPhoto,
  audio: IconVolume,
  video: IconMovie,
  document: IconBook2,
  text: IconFileText,
  other: IconFile,
};

export function KindIcon({ kind, size = 18 }: { kind: ArtifactKind; size?: number }) {
  const Glyph = ICONS[kind];
  return <Glyph size={size} stroke={1.75} aria-hidden />;
}
