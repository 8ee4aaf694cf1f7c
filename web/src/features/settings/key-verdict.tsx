import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import type { KeyTest } from "../../api/types.ts";
import classes from "./keys.module.css";

const LOOKS = {
  good: IconCircleCheck,
  bad: IconAlertTriangle,
  open: IconInfoCircle,
};

function lookOf(ok: boolean | null): keyof typeof LOOKS {
  if (ok === null) return "open";
  return ok ? "good" : "bad";
}

/** What came of testing a key; read out when it comes. */
export function KeyVerdict({ test }: { test: KeyTest }) {
  const look = lookOf(test.ok);
  const Glyph = LOOKS[look];
  return (
    <output className={classes.verdict} data-look={look}>
      <Glyph size={18} stroke={1.75} aria-hidden />
      <span>{test.message}</span>
    </output>
  );
}
