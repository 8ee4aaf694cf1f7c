import type { Medium } from "./media.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** When a word is heard, in seconds from the start of its recording. */
export interface WordTiming {
  word: string;
  start: number;
  end: number;
}

/** A stored file, as steps hand it on: where it is in the artifact store and what it is. */
export interface FileValue {
  artifactId: string;
  hash: string;
  mediaType: string;
  medium: Medium;
  /** Of sounds and films, as measured; absent where it could not be. */
  durationSeconds?: number;
  /** Of speech that a step made: when its words are heard, where its voice says that. */
  words?: WordTiming[];
  /** Of speech that a step made: what was spoken, without Markdown marks. */
  spokenText?: string;
  /** In the output of a step that ran once per item: the item that it is of. */
  item?: number;
}

/** What a step, an input or the topic stands for while an execution runs. */
export type Value =
  | { kind: "text"; text: string }
  /** `text`: how it reads as a text, where that is not JSON. */
  | { kind: "json"; json: Json; text?: string }
  /** `itemCount`: the files are a list of so many items, in which an index means an item. */
  | { kind: "files"; files: FileValue[]; itemCount?: number };
