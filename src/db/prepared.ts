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
  const compile = compiledOnce((db) => {
    const query = build(db, given);
    return { query, names: query.parameters.map((parameter) => places.get(parameter)) };
  });
  return async (db, args) => {
    const { query, names } = compile(db);
    const parameters = names.map((name, index) =>
      name === undefined ? query.parameters[index] : args[name],
    );
    return await run(db, query, parameters);
  };
}

/**
 * The same for a query with rows of values, that is nothing but these: prepared once for each number of them. `build` is given
 * them as `($1, $2), ($3, $4)`.
 */
export function preparedRows<Line extends readonly unknown[], Row = never>(
  build: (rows: RawBuilder<Line[]>, db: Db) => CompiledQuery<Row>,
): (db: Db, rows: readonly Line[]) => Promise<QueryResult<Row>> {
  const shaped = remembered((shape: string) => {
    const [count = 0, width = 0] = shape.split("x").map(Number);
    const row = sql<Line>`(${sql.join(Array.from({ length: width }, () => sql`${null}`))})`;
    return compiledOnce((db) => build(sql.join<Line[]>(Array.from({ length: count }, () => row)), db));
  });
  return async (db, rows) => {
    const query = shaped(`${rows.length}x${rows[0]?.length ?? 0}`)(db);
    return await run(db, query, rows.flat());
  };
}

/** Compiles once for what a database and its transactions have in common. */
function compiledOnce<Compiled>(compile: (db: Db) => Compiled): (db: Db) => Compiled {
  const compiled = new WeakMap<object, Compiled>();
  return (db) => {
    const { adapter } = db.getExecutor();
    const known = compiled.get(adapter);
    if (known !== undefined) return known;
    const fresh = compile(db);
    compiled.set(adapter, fresh);
    return fresh;
  };
}

async function run<Row>(
  db: Db,
  query: CompiledQuery<Row>,
  parameters: readonly unknown[],
): Promise<QueryResult<Row>> {
  const filled = { ...query, parameters };
  return await db.getExecutor().provideConnection((connection) => connection.executeQuery<Row>(filled));
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
