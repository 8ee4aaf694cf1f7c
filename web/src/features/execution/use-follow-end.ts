import { useEffect, useRef, type RefObject } from "react";

/** So near to its end a text counts as read up to it. */
const NEAR_PX = 96;
/** What stays free below the end: on a phone the bar at the foot stands over the page. */
const FREE_PX = 32;
const FREE_ON_PHONE_PX = 96;

/**
 * Keeps the end of a growing text in sight for whoever has scrolled to it, and lets everybody else read where they are: the
 * page never moves by itself for who has not scrolled, nor for who has scrolled back.
 */
export function useFollowEnd<Element extends HTMLElement>(isGrowing: boolean): RefObject<Element | null> {
  const frame = useRef<Element>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null || !isGrowing) {
      return undefined;
    }
    let isFollowing = false;
    let ownScrollTo: number | null = null;
    const scroller = scrollerOf(element);
    const endBelowView = () => element.getBoundingClientRect().bottom - bottomOf(scroller);
    const onScroll = () => {
      // What was scrolled here tells nothing of what the person wants.
      if (ownScrollTo === null || Math.abs(scroller.scrollTop - ownScrollTo) > 2) {
        isFollowing = scroller.scrollTop > 0 && Math.abs(endBelowView()) < NEAR_PX;
      }
    };
    const growth = new ResizeObserver(() => {
      const below = endBelowView();
      if (isFollowing && below > 0) {
        scroller.scrollTop += below;
        ownScrollTo = scroller.scrollTop;
      }
    });
    const listener = scroller === document.scrollingElement ? window : scroller;
    listener.addEventListener("scroll", onScroll, { passive: true });
    growth.observe(element);
    return () => {
      listener.removeEventListener("scroll", onScroll);
      growth.disconnect();
    };
  }, [isGrowing]);
  return frame;
}

/** What scrolls an element: a dialog around it, or the page. */
function scrollerOf(element: HTMLElement): globalThis.Element {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent);
    if (overflowY === "auto" || overflowY === "scroll") {
      return parent;
    }
  }
  return document.scrollingElement ?? document.documentElement;
}

/** Down to where the end of a text is in plain sight. */
function bottomOf(scroller: globalThis.Element): number {
  if (scroller !== document.scrollingElement) {
    return scroller.getBoundingClientRect().bottom - FREE_PX;
  }
  const isPhone = window.matchMedia("(max-width: 700px)").matches;
  return window.innerHeight - (isPhone ? FREE_ON_PHONE_PX : FREE_PX);
}
