import { lazy, type ComponentType } from "react";
import { loadPatiently } from "../load-patiently.ts";
import { PartBoundary } from "./part-boundary.tsx";

/** A part of the page that is loaded when it is first shown, through cuts of the network. The rest stays where it fails. */
export function lazyPart<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const Loaded = lazy(() => loadPatiently(load));
  return function LazyPart(props: Props) {
    return (
      <PartBoundary>
        <Loaded {...props} />
      </PartBoundary>
    );
  };
}
