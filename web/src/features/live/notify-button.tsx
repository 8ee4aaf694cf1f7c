import { Button } from "@mantine/core";
import { IconBell, IconBellCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readNotifying, turnOff, turnOn } from "./notifications.ts";
import classes from "./live.module.css";

/** Turns notifications on or off. The browser is asked for them here and nowhere else. */
export function NotifyButton() {
  const { t } = useTranslation();
  const [notifying, setNotifying] = useState(readNotifying);
  const [isExplained, setIsExplained] = useState(false);
  const isOn = notifying === "on";
  const press = async () => {
    const next = isOn ? turnOff() : await turnOn();
    setNotifying(next);
    setIsExplained(!isOn && next !== "on");
  };
  const Glyph = isOn ? IconBellCheck : IconBell;
  return (
    <div className={classes.notify}>
      <Button
        variant="subtle"
        color="gray"
        fullWidth
        aria-pressed={isOn}
        leftSection={<Glyph aria-hidden size={18} stroke={1.75} />}
        onClick={() => void press()}
      >
        {t(isOn ? "runner.live.willTell" : "runner.live.tell")}
      </Button>
      {isExplained && (
        <output className={classes.notifyNote}>
          {t(notifying === "missing" ? "runner.live.notifyMissing" : "runner.live.notifyBlocked")}
        </output>
      )}
    </div>
  );
}
