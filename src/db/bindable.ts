/** What both databases store as it is. */
type Bindable = null | string | number | bigint | Uint8Array;

/**
 * Checks the parameters of a query. A Date would be stored as NULL by `node:sqlite` and in local time by `pg`, an amount
 * of money beyond 2^53 would not be exact: both are a mistake of ours, so say so.
 */
export function bindable(parameters: readonly unknown[]): Bindable[] {
  return parameters.map((parameter) => {
    if (typeof parameter === "number" && Number.isInteger(parameter) && !Number.isSafeInteger(parameter)) {
      throw new RangeError(`not an exact number: ${parameter}`);
    }
    if (
      parameter === null ||
      typeof parameter === "string" ||
      typeof parameter === "number" ||
      typeof parameter === "bigint" ||
      parameter instanceof Uint8Array
    ) {
      return parameter;
    }
    throw new TypeError(`not a database value: ${Object.prototype.toString.call(parameter)}`);
  });
}
