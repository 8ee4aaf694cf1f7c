import type { Ref } from "react";
import { scan, type Segment } from "../../../../src/workflow/references.ts";
import type { Medium } from "../../../../src/workflow/media.ts";
import classes from "./fields.module.css";

interface TextLayerProps {
  text: string;
  ref: Ref<HTMLDivElement>;
  /** Offset of the brace that is being completed; null: none is. */
  brace: number | null;
  /** Stands at that brace. */
  braceRef: Ref<HTMLSpanElement>;
  /** What a reference stands for, by how it is written; `wrong`: for nothing that can be used. */
  signOf: (raw: string) => Medium | "wrong" | null;
}

/** The text of a field behind the field, in which references are marked and the place of a brace can be measured. */
export function TextLayer({ text, ref, brace, braceRef, signOf }: TextLayerProps) {
  return (
    <div ref={ref} className={classes.layer} aria-hidden>
      {piecesOf(text).map(({ segment, at }) => {
        if (segment.kind === "reference") {
          const sign = signOf(segment.raw);
          return (
            <span key={at}>
              {brace === at && <span ref={braceRef} />}
              <mark
                className={classes.mark}
                data-medium={sign === "wrong" ? undefined : (sign ?? "local")}
                data-wrong={sign === "wrong"}
              >
                {segment.raw}
              </mark>
            </span>
          );
        }
        const plain = segment.kind === "text" ? segment.text : segment.raw;
        const cut = brace !== null && brace >= at && brace < at + plain.length ? brace - at : null;
        return cut === null ? (
          <span key={at}>{plain}</span>
        ) : (
          <span key={at}>
            {plain.slice(0, cut)}
            <span ref={braceRef} />
            {plain.slice(cut)}
          </span>
        );
      })}
      {/* A last empty line counts like any other. */}
      {"\n"}
    </div>
  );
}

/** The segments of a text, each with the place where it begins. */
function piecesOf(text: string): { segment: Segment; at: number }[] {
  const pieces: { segment: Segment; at: number }[] = [];
  let at = 0;
  for (const segment of scan(text)) {
    pieces.push({ segment, at });
    at += segment.kind === "text" ? segment.text.length : segment.raw.length;
  }
  return pieces;
}
