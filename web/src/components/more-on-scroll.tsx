import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

/** How far below the screen the end of a list may be when more of it is asked for. */
const AHEAD = "1600px";

interface MoreOnScrollProps {
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isError: boolean;
    fetchNextPage: () => Promise<unknown>;
  };
}

/** Asks for more of a list before its end is on the screen; the button is for who gets there first, or after a failure. */
export function MoreOnScroll({ list }: MoreOnScrollProps) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list;
  const canAsk = hasNextPage && !isFetchingNextPage && !isError;
  useEffect(() => {
    const element = end.current;
    if (element === null || !canAsk) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          void fetchNextPage();
        }
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [canAsk, fetchNextPage]);
  return (
    <div ref={end}>
      {hasNextPage && (
        <Button variant="default" mt="lg" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("actions.more")}
        </Button>
      )}
    </div>
  );
}
