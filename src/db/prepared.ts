import { sql, type CompiledQuery, type QueryResult, type RawBuilder } from "kysely";
import type { Db } from "./database.ts";

/**
 * Queries that are built and compiled once and then run with the values of each call: Kysely takes longer to build one than
 * SQLite to answer it. For what every execution runs; other queries are better read where they are.
 */

/** Puts the place of a value into a query, by its name among those that each call brings. */
export type Given<Args extends object> = <Name extends keyof Args & string>(
  name: Name,
) => RawBuilder<Args[Name]>;

export type PreparedQuery<Args extends object, Row> = (db: Db, args: Args) => Promise<QueryResult<Row>>;

/**
 * Prepares a query: `build` is called once for each database that it runs on, and must not look at any value.
 * It runs inside a transaction where it is given one.
 */
export function prepared<Args extends object, Row>(
  build: (db: Db, given: Given<Args>) => CompiledQuery<Row>,
): PreparedQuery<Args, Row> {
  /** What stands among the parameters of the query for a value. */
  const places = new Map<unknown, keyof Args & string>();
  const given: Given<Args> = (name) => {
    const place = { name };
    places.set(place, name);
    return sql`${place}`;
  };
  // By what a database and its transactions have in common.
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return async (db, args) => {
    const executor = db.getExecutor();
    let query = compiled.get(executor.adapter);
    if (query === undefined) {
      query = build(db, given);
      compiled.set(executor.adapter, query);
    }
    const parameters = query.parameters.map((parameter) => {
      const name = places.get(parameter);
      return name === undefined ? parameter : args[name];
    });
    const run = { ...query, parameters };
    return await executor.provideConnection((connection) => connection.executeQuery<Row>(run));
  };
}

type Values = Record<string, unknown>;

/**
 * The same for an UPDATE that changes other columns from call to call: prepared once for each set of them. Columns that are
 * undefined stay as they are.
 */
export function preparedUpdate<Where extends object, Row>(
  build: (
    set: RawBuilder<unknown>,
    db: Db,
    given: (name: keyof Where & string) => RawBuilder<unknown>,
  ) => CompiledQuery<Row>,
): (db: Db, columns: Values, where: Where) => Promise<QueryResult<Row>> {
  const queryOf = remembered((names: string) =>
    prepared<Values, Row>((db, given) => {
      const changes = names.split(",").map((name) => sql`${sql.ref(name)} = ${given(name)}`);
      return build(sql.join(changes), db, given);
    }),
  );
  return async (db, columns, where) => {
    const names = Object.keys(columns).filter((name) => columns[name] !== undefined);
    return await queryOf(names.join(","))(db, { ...columns, ...where });
  };
}

/** Makes something once for each key, such as a query for each number of rows that it inserts. */
export function remembered<Key extends string | number, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const made = new Map<Key, Made>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(key);
    made.set(key, fresh);
    return fresh;
  };
}
