import { IconWifiOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./live.module.css";

/** Says quietly that no news come, and what that means: nothing is lost. */
export function ConnectionLine({ isLost }: { isLost: boolean }) {
  const { t } = useTranslation();
  // There from the start, so that a screen reader hears what is put into it.
  return (
    <output>
      {isLost && (
        <span className={classes.lost}>
          <IconWifiOff aria-hidden size={18} stroke={1.75} />
          {t("runner.live.lost")}
        </span>
      )}
    </output>
  );
}
