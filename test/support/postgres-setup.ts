import { findPostgres } from "./postgres-server.ts";
import { dropDatabase, makeTemplate, TEMPLATE_URL } from "./test-store.ts";

/** Before the tests of a run that need it: a PostgreSQL server, and the tables that each test gets a copy of. */
export default async function setUp(): Promise<() => Promise<void>> {
  const server = await findPostgres();
  const template = await makeTemplate(server.url);
  process.env[TEMPLATE_URL] = template;
  return async () => {
    await dropDatabase(template);
    await server.stop();
  };
}
