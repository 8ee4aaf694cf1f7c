import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./app-env.ts";

/** The OpenAPI 3.1 document, made from the definitions that also check requests. */
export function openApiDocument(app: OpenAPIHono<AppEnv>, version: string) {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Relais",
      version,
      description:
        "Chains AI models of every kind into one run. Money is a number of USD, times are ISO 8601 UTC, errors are application/problem+json (see /docs/errors). `?lang=` or Accept-Language chooses French or English.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    security: [{}, { accessToken: [] }, { session: [] }],
  });
}

/** How access is given where the server has an access token. */
export function registerSecurity(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", { type: "http", scheme: "bearer" });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "relais_session",
  });
}
