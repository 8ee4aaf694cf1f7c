import { Button } from "@mantine/core";
import { IconChevronRight, IconCopy, IconRoute } from "@tabler/icons-react";
import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { childrenOf, pathText, type JsonPath } from "./json-path.ts";
import { useCopy } from "./use-copy.ts";
import classes from "./json-tree.module.css";

/** So many entries of a list or an object are shown at first. */
const SHOWN_AT_ONCE = 100;
const OPEN_DEPTH = 2;

interface Entry {
  path: JsonPath;
  value: unknown;
}

/** Data as a tree that opens and closes; the path and the value of the chosen entry can be copied. */
export function JsonTree({ json, label }: { json: unknown; label: string }) {
  const { t } = useTranslation();
  const copy = useCopy();
  const [chosen, setChosen] = useState<Entry>({ path: [], value: json });
  return (
    <div className={classes.frame}>
      <ul aria-label={label} className={classes.tree} data-tree>
        <Branch path={[]} value={json} chosen={pathText(chosen.path)} onChoose={setChosen} />
      </ul>
      <div className={classes.bar}>
        <code className={classes.path}>{pathText(chosen.path)}</code>
        <Button
          variant="subtle"
          leftSection={<IconRoute aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            copy(pathText(chosen.path));
          }}
        >
          {t("preview.copyPath")}
        </Button>
        <Button
          variant="subtle"
          leftSection={<IconCopy aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            copy(typeof chosen.value === "string" ? chosen.value : JSON.stringify(chosen.value, null, 2));
          }}
        >
          {t("preview.copyValue")}
        </Button>
      </div>
    </div>
  );
}

interface BranchProps extends Entry {
  /** The path of the entry that is chosen, written out. */
  chosen: string;
  onChoose: (entry: Entry) => void;
}

function Branch({ path, value, chosen, onChoose }: BranchProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(path.length < OPEN_DEPTH);
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const children = childrenOf(value) ?? [];
  const name = path.at(-1);
  const isChosen = pathText(path) === chosen;
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      setOpen(event.key === "ArrowRight");
    }
    moveFocus(event);
  };
  return (
    <li>
      <button
        type="button"
        className={classes.row}
        aria-current={isChosen}
        {...(children.length > 0 && { "aria-expanded": isOpen })}
        onKeyDown={press}
        onClick={() => {
          onChoose({ path, value });
          setOpen(!isOpen);
        }}
      >
        <IconChevronRight
          aria-hidden
          size={16}
          stroke={2}
          className={classes.chevron}
          data-open={isOpen}
          data-leaf={children.length === 0}
        />
        {name !== undefined && <span className={classes.key}>{name}</span>}
        <Value value={value} />
      </button>
      {isOpen && children.length > 0 && (
        <ul className={classes.children}>
          {children.slice(0, shown).map(([key, child]) => (
            <Branch key={key} path={[...path, key]} value={child} chosen={chosen} onChoose={onChoose} />
          ))}
          {children.length > shown && (
            <li>
              <Button
                variant="subtle"
                onClick={() => {
                  setShown(shown + SHOWN_AT_ONCE);
                }}
              >
                {t("preview.moreEntries", { count: children.length - shown })}
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Value({ value }: { value: unknown }) {
  const { t } = useTranslation();
  const children = childrenOf(value);
  if (children !== null) {
    return <span className={classes.count}>{t("preview.entries", { count: children.length })}</span>;
  }
  return (
    <span className={classes.value} data-type={typeof value}>
      {String(value)}
    </span>
  );
}

/** Up and down go through all that is open. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const rows = [...(event.currentTarget.closest("[data-tree]")?.querySelectorAll("button") ?? [])];
  const next =
    step === undefined ? undefined : rows[rows.findIndex((row) => row === event.currentTarget) + step];
  if (next !== undefined) {
    event.preventDefault();
    next.focus();
  }
}
