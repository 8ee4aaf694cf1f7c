import { useEffect, useState } from "react";

/** The time now as ISO text, again every second while it is of use. */
export function useNow(isTicking: boolean): string {
  const [now, setNow] = useState(() => new Date().toISOString());
  useEffect(() => {
    if (!isTicking) {
      return undefined;
    }
    const timer = setInterval(() => {
      setNow(new Date().toISOString());
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, [isTicking]);
  return now;
}
