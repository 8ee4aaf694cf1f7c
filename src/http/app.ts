import { OpenAPIHono } from "@hono/zod-openapi";
import { except } from "hono/combine";
import { compress } from "hono/compress";
import { methodNotAllowed } from "hono/method-not-allowed";
import { aboutRoutes } from "./about.ts";
import { accessControl } from "./access.ts";
import type { AppEnv } from "./app-env.ts";
import { artifactListRoutes } from "./artifact-list.ts";
import { artifactRoutes } from "./artifacts.ts";
import { batchEventRoutes } from "./batch-events.ts";
import { batchResultRoutes } from "./batch-results.ts";
import { batchRoutes } from "./batches.ts";
import { capRoutes } from "./caps.ts";
import { costRoutes } from "./costs.ts";
import type { AppDependencies } from "./dependencies.ts";
import { errorListRoutes } from "./error-list.ts";
import { estimateRoutes } from "./estimate.ts";
import { executeRoutes } from "./execute.ts";
import { executionEventRoutes } from "./execution-events.ts";
import { API_PATH } from "./execution-view.ts";
import { executionRoutes } from "./executions.ts";
import { healthRoutes } from "./health.ts";
import { idempotency } from "./idempotency.ts";
import { keyRoutes } from "./keys.ts";
import { requestLanguage } from "./language.ts";
import { loginRoutes } from "./login.ts";
import { openApiDocument, registerSecurity } from "./openapi.ts";
import { pageRoutes } from "./page.ts";
import { answerError, answerMethodNotAllowed, answerNotFound } from "./problem.ts";
import { providerRoutes } from "./providers.ts";
import { jsonBodyOnly, limitBody } from "./request-body.ts";
import { sameSiteOnly, securityHeaders } from "./security.ts";
import { rerunRoutes } from "./rerun.ts";
import { resultArchiveRoutes } from "./result-archive.ts";
import { takeRoutes } from "./takes.ts";
import { templateRoutes } from "./templates.ts";
import { isUpload, uploadRoutes } from "./uploads.ts";
import { versionRoutes } from "./versions.ts";
import { workflowRoutes } from "./workflows.ts";

export type { AppDependencies } from "./dependencies.ts";
export type * from "./batch-schemas.ts";
export type * from "./cost-schemas.ts";
export type * from "./event-schemas.ts";
export type * from "./provider-schemas.ts";
export type * from "./rerun-schemas.ts";
export type * from "./schemas.ts";
export type * from "./take-schemas.ts";
export type * from "./version-schemas.ts";
export type { ArtifactList, ListedArtifactWire } from "./artifact-list.ts";
export type { Upload } from "./uploads.ts";
export type { About } from "./about.ts";
export type * from "./key-schemas.ts";
export type * from "./cap-schemas.ts";

/** The whole HTTP interface: API, page, login, health. Everything is refused that no rule below lets through. */
export function createApp(dependencies: AppDependencies): OpenAPIHono<AppEnv> {
  const { settings, version } = dependencies;
  const app = new OpenAPIHono<AppEnv>();
  app.onError(answerError(dependencies.logger));
  app.notFound(answerNotFound);
  app.use(requestLanguage, securityHeaders, sameSiteOnly(settings), accessControl(settings.accessToken));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerMethodNotAllowed }));
  app.use(compress(), except(isUpload, limitBody));
  app.use("/api/*", except(isUpload, jsonBodyOnly, idempotency(dependencies.db)));

  app.route(API_PATH, apiOf(dependencies));
  app.route("/", healthRoutes(dependencies));
  registerSecurity(app);
  app.get("/api/openapi.json", (c) => c.json(openApiDocument(app, version)));
  app.route("/", errorListRoutes());
  app.route("/", loginRoutes(settings.accessToken));
  app.route("/", pageRoutes(dependencies.webFolder));
  return app;
}

function apiOf(dependencies: AppDependencies) {
  return new OpenAPIHono<AppEnv>()
    .route("/", templateRoutes(dependencies))
    .route("/", workflowRoutes(dependencies))
    .route("/", versionRoutes(dependencies))
    .route("/", estimateRoutes(dependencies))
    .route("/", executeRoutes(dependencies))
    .route("/", executionRoutes(dependencies))
    .route("/", rerunRoutes(dependencies))
    .route("/", takeRoutes(dependencies))
    .route("/", executionEventRoutes(dependencies))
    .route("/", batchRoutes(dependencies))
    .route("/", batchEventRoutes(dependencies))
    .route("/", batchResultRoutes(dependencies))
    .route("/", costRoutes(dependencies))
    .route("/", artifactRoutes(dependencies))
    .route("/", artifactListRoutes(dependencies))
    .route("/", resultArchiveRoutes(dependencies))
    .route("/", uploadRoutes(dependencies))
    .route("/", capRoutes(dependencies))
    .route("/", providerRoutes(dependencies))
    .route("/", keyRoutes(dependencies))
    .route("/", aboutRoutes(dependencies));
}

/** The routes under `/api/combinations`, for a typed client. */
export type AppType = ReturnType<typeof apiOf>;
