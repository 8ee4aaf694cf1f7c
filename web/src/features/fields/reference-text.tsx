import { Textarea, type TextareaProps } from "@mantine/core";
import { useId, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { MendButtons } from "./mend-buttons.tsx";
import { wrongReferences } from "./mends.ts";
import { useStepFields } from "./step-fields.ts";
import { TextLayer } from "./text-layer.tsx";
import { useCompletion } from "./use-completion.ts";
import { VariableList, optionId } from "./variable-list.tsx";
import { variablesAt } from "./variables.ts";
import classes from "./fields.module.css";

interface ReferenceTextProps extends Pick<
  TextareaProps,
  "label" | "description" | "placeholder" | "error" | "minRows" | "maxRows" | "maxLength" | "onSelect"
> {
  ref?: Ref<HTMLTextAreaElement>;
  /** `prompt`, or a parameter such as `parameters.title`. */
  place: string;
  value: string;
  /** A text without breaks between lines. */
  isOneLine?: boolean;
  onChange: (text: string) => void;
}

/** A text with references: they are completed after a brace, marked in the text, and mended below it where they are wrong. */
export function ReferenceText({
  place,
  value,
  isOneLine = false,
  onChange,
  ref,
  ...field
}: ReferenceTextProps) {
  const { t } = useTranslation();
  const { step, steps, inputs, catalogue } = useStepFields();
  const input = useRef<HTMLTextAreaElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const braceSpan = useRef<HTMLSpanElement>(null);
  const nextCursor = useRef<number | null>(null);
  const [at, setAt] = useState({ left: 0, top: 0 });
  const listId = useId();
  const variables = useMemo(
    () => variablesAt({ step, steps, inputs, catalogue, place }),
    [step, steps, inputs, catalogue, place],
  );
  const signs = useMemo(() => {
    const wrong = wrongReferences({ step, steps, inputs, catalogue, place });
    const names = variables.flatMap(({ written, alias, medium }) =>
      [written, alias].map((name) => [name, medium] as const),
    );
    return { wrong: new Set(wrong.map(({ reference }) => reference.raw)), media: new Map(names) };
  }, [step, steps, inputs, catalogue, place, variables]);
  const completion = useCompletion({
    text: value,
    variables,
    onTake: (text, cursor) => {
      nextCursor.current = cursor;
      onChange(text);
    },
  });
  const { brace, found, active } = completion;

  useLayoutEffect(() => {
    if (nextCursor.current !== null) {
      input.current?.setSelectionRange(nextCursor.current, nextCursor.current);
      nextCursor.current = null;
    }
  });
  useLayoutEffect(() => {
    const { current: span } = braceSpan;
    if (brace !== null && span !== null) {
      setAt({ left: span.offsetLeft, top: span.offsetTop - (layer.current?.scrollTop ?? 0) });
    }
  }, [brace]);

  return (
    <div>
      <Textarea
        {...field}
        ref={(element) => {
          input.current = element;
          if (typeof ref === "function") ref(element);
          else if (ref) ref.current = element;
        }}
        autosize
        inputWrapperOrder={["label", "input", "description", "error"]}
        inputContainer={holding(
          <TextLayer
            ref={layer}
            text={value}
            brace={brace?.start ?? null}
            braceRef={braceSpan}
            signOf={(raw) => {
              if (signs.wrong.has(raw)) return "wrong";
              return signs.media.get(raw.slice(1, -1)) ?? null;
            }}
          />,
          brace !== null && (
            <VariableList id={listId} found={found} active={active} at={at} onTake={completion.take} />
          ),
          <output className="visually-hidden">
            {brace !== null && t("fields.found", { count: found.length })}
          </output>,
        )}
        classNames={{ input: classes.input ?? "" }}
        aria-autocomplete="list"
        {...(brace !== null && {
          "aria-controls": listId,
          "aria-activedescendant": optionId(listId, active),
        })}
        value={value}
        onChange={(event) => {
          const { value: typed, selectionStart } = event.currentTarget;
          const text = isOneLine ? typed.replaceAll("\n", " ") : typed;
          completion.typed(text, selectionStart);
          onChange(text);
        }}
        onKeyDown={(event) => {
          if (completion.press(event)) {
            event.preventDefault();
            event.stopPropagation();
          }
        }}
        onSelect={(event) => {
          completion.moved(event.currentTarget.selectionStart);
          field.onSelect?.(event);
        }}
        onScroll={(event) => {
          if (layer.current !== null) layer.current.scrollTop = event.currentTarget.scrollTop;
        }}
        onBlur={completion.close}
      />
      <MendButtons place={place} />
    </div>
  );
}

/** The field with the layer behind it, and what stands above it. */
function holding(behind: ReactNode, list: ReactNode, status: ReactNode) {
  return (field: ReactNode) => (
    <div className={classes.holder}>
      {behind}
      {field}
      {list}
      {status}
    </div>
  );
}
