import { lazy, useState, type ComponentType, type ReactNode } from "react";
import { loadPatiently } from "../load-patiently.ts";
import { PartBoundary } from "./part-boundary.tsx";

export interface LazyPart<Props> {
  (props: Props): ReactNode;
  /** Loads it ahead of time; it is then drawn at once. A failure is told where it is shown. */
  preload: () => Promise<void>;
}

/** A part of the page that is loaded when it is first shown, through cuts of the network. The rest stays where it fails. */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyPart<Props> {
  let loaded: ComponentType<Props> | null = null;
  const loadWhole = async () => {
    const part = await loadPatiently(load);
    loaded = part.default;
    return part;
  };
  const Loading = lazy(loadWhole);
  function Part(props: Props) {
    // What is there already never waits: React would show the wait, and hold what follows back for 300 ms.
    const [Shown] = useState(() => loaded ?? Loading);
    return (
      <PartBoundary>
        <Shown {...props} />
      </PartBoundary>
    );
  }
  return Object.assign(Part, {
    preload: async () => {
      await loadWhole().catch(() => undefined);
    },
  });
}
