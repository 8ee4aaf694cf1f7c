import { useEffect, useRef, useState, type RefObject } from "react";

/** How far below the window something is made ready. */
const AHEAD = "200px";

/** Whether an element has come into view, or nearly; once it has, it stays so. */
export function useInView<Frame extends HTMLElement>(): [RefObject<Frame | null>, boolean] {
  const frame = useRef<Frame>(null);
  const [isInView, setInView] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null || isInView) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        setInView(entries.some(({ isIntersecting }) => isIntersecting));
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [isInView]);
  return [frame, isInView];
}
