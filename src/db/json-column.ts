declare const holds: unique symbol;

/** The text of a JSON column that holds a `T`. Only our own programs write it, so what is read is what was written. */
export type JsonText<T> = string & { readonly [holds]?: T };

export function toJson<T>(value: T): JsonText<T> {
  return JSON.stringify(value);
}

export function fromJson<T>(text: JsonText<T>): T {
  const value: T = JSON.parse(text);
  return value;
}

/** For columns that may be NULL. */
export function toNullableJson<T>(value: T | null): JsonText<T> | null {
  return value === null ? null : toJson(value);
}

export function fromNullableJson<T>(text: JsonText<T> | null): T | null {
  return text === null ? null : fromJson(text);
}
