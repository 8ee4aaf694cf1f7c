import { Suspense } from "react";
import { Redirect, Route, Router, Switch, type AroundNavHandler } from "wouter";
import { lazyPart } from "./components/lazy-part.tsx";
import { LoadingLine } from "./components/loading-line.tsx";
import { NotFoundPage } from "./components/not-found-page.tsx";
import { PartBoundary } from "./components/part-boundary.tsx";
import { Shell } from "./components/shell.tsx";
import { loadResultParts } from "./features/execution/result-parts.ts";
import { TemplatesPage } from "./features/templates/templates-page.tsx";

const BatchPage = lazyPart(() => import("./features/batch/batch-page.tsx"));
const CostsPage = lazyPart(() => import("./features/costs/costs-page.tsx"));
const EditorPage = lazyPart(() => import("./features/editor/editor-page.tsx"));
/** With what lays its results out, so that nothing moves under the hand of a person once they are drawn. */
const ExecutionPage = lazyPart(async () => {
  const [page] = await Promise.all([import("./features/execution/execution-page.tsx"), loadResultParts()]);
  return page;
});
const HistoryPage = lazyPart(() => import("./features/history/history-page.tsx"));
const LibraryPage = lazyPart(() => import("./features/library/library-page.tsx"));
const RunFormPage = lazyPart(() => import("./features/runner/run-form-page.tsx"));
const NewBatchPage = lazyPart(() => import("./features/batch/new-batch-page.tsx"));
const SettingsPage = lazyPart(() => import("./features/settings/settings-page.tsx"));

/** A new screen begins at its top; a change of the query alone stays where it is. */
const navigateToTop: AroundNavHandler = (navigate, to, options) => {
  const isNewScreen = to.split("?")[0] !== location.pathname;
  navigate(to, options);
  if (isNewScreen) {
    window.scrollTo(0, 0);
  }
};

export function App() {
  return (
    <Router aroundNav={navigateToTop}>
      <Shell>
        <PartBoundary>
          <Suspense fallback={<LoadingLine />}>
            <Switch>
              <Route path="/combinations" component={TemplatesPage} />
              <Route path="/combinations/new" component={EditorPage} />
              <Route path="/combinations/run/template/:templateId" component={RunFormPage} />
              <Route path="/combinations/run/:workflowId" component={RunFormPage} />
              <Route path="/combinations/executions" component={HistoryPage} />
              <Route path="/combinations/executions/:id" component={ExecutionPage} />
              <Route path="/combinations/library" component={LibraryPage} />
              <Route path="/combinations/batches/new" component={NewBatchPage} />
              <Route path="/combinations/batches/:id" component={BatchPage} />
              <Route path="/combinations/costs" component={CostsPage} />
              <Route path="/combinations/settings" component={SettingsPage} />
              <Route path="/">
                <Redirect to="/combinations" replace />
              </Route>
              <Route component={NotFoundPage} />
            </Switch>
          </Suspense>
        </PartBoundary>
      </Shell>
    </Router>
  );
}
