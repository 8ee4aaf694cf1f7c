import type { Medium } from "./media.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A stored file, as steps hand it on: where it is in the artifact store and what it is. */
export interface FileValue {
  artifactId: string;
  hash: string;
  mediaType: string;
  medium: Medium;
  /** Of sounds and films, as measured; absent where it could not be. */
  durationSeconds?: number;
}

/** What a step, an input or the topic stands for while an execution runs. */
export type Value =
  | { kind: "text"; text: string }
  | { kind: "json"; json: Json }
  | { kind: "files"; files: FileValue[] };
