import type { Step } from "../../../../src/workflow/definition.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { isJsonObject } from "./json-object.ts";

type Schema = NonNullable<Step["output_schema"]>;

/** What a field of an answer holds. `other`: something that only its JSON says; it is kept as it is. */
export const FIELD_KINDS = [
  "text",
  "number",
  "integer",
  "boolean",
  "choice",
  "text_list",
  "object_list",
] as const;
export type FieldKind = (typeof FIELD_KINDS)[number] | "other";

/** One field of an answer. */
export interface AnswerField {
  name: string;
  kind: FieldKind;
  isRequired: boolean;
  description: string;
  /** Of a choice. */
  choices: string[];
  /** Of a list of objects. */
  fields: AnswerField[];
  /** All that its schema says beside that, such as lengths and bounds, kept as it is. */
  rest: Schema;
  /** Of `other`: its schema. */
  raw: Json;
}

/** An answer that is an object with fields. */
export interface AnswerShape {
  fields: AnswerField[];
  rest: Schema;
}

const UNDERSTOOD = ["type", "properties", "required"];

/** A schema as fields; null where its whole is no object with named parts. */
export function readShape(schema: Schema): AnswerShape | null {
  const { type, properties = {}, required = [] } = schema;
  const isPlain = type === "object" && isJsonObject(properties) && isTextList(required);
  if (!isPlain) return null;
  // What is required must be a field, or it would be lost.
  if (!required.every((name) => Object.hasOwn(properties, name))) return null;
  const fields = Object.entries(properties).map(([name, property]) =>
    readField(name, property, required.includes(name)),
  );
  return { fields, rest: without(schema, UNDERSTOOD) };
}

/** The schema that fields stand for. Fields of the same name are one: the last. */
export function writeShape({ fields, rest }: AnswerShape): Schema {
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, writeField(field)])),
    required: [...new Set(required)],
    ...rest,
  };
}

/** A field to begin with. */
export function newField(fields: readonly AnswerField[], kind: FieldKind = "text"): AnswerField {
  const used = new Set(fields.map(({ name }) => name));
  let number = fields.length + 1;
  while (used.has(`field_${number}`)) number += 1;
  return withKind({ ...EMPTY_FIELD, name: `field_${number}` }, kind);
}

const EMPTY_FIELD: AnswerField = {
  name: "",
  kind: "text",
  isRequired: true,
  description: "",
  choices: [],
  fields: [],
  rest: {},
  raw: {},
};

/** A field that holds something else. What its schema said of the former kind is given up with it. */
export function withKind(field: AnswerField, kind: FieldKind): AnswerField {
  const isObjects = kind === "object_list";
  return {
    ...field,
    kind,
    rest: {},
    choices: kind === "choice" && field.choices.length === 0 ? ["a", "b"] : field.choices,
    fields: isObjects && field.fields.length === 0 ? [{ ...EMPTY_FIELD, name: "title" }] : field.fields,
  };
}

/** A name as references can write it: letters, digits and `_`. */
export function fieldName(typed: string): string {
  const plain = typed
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_]+/g, "_")
    .slice(0, 64);
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

function readField(name: string, schema: Json, isRequired: boolean): AnswerField {
  const field: AnswerField = { ...EMPTY_FIELD, name, isRequired };
  if (!isJsonObject(schema)) return { ...field, kind: "other", raw: schema };
  const description = typeof schema["description"] === "string" ? schema["description"] : "";
  const rest = without(schema, ["type", "description"]);
  const described = { ...field, description, rest };
  const { type, enum: choices, items } = schema;
  if (type === "string" && choices === undefined) return { ...described, kind: "text" };
  if (type === "string" && isTextList(choices)) {
    return { ...described, kind: "choice", choices, rest: without(rest, ["enum"]) };
  }
  const isValue = type === "number" || type === "integer" || type === "boolean";
  if (isValue && choices === undefined) return { ...described, kind: type };
  if (type === "array" && isJsonObject(items)) {
    const isTexts = items["type"] === "string" && Object.keys(items).length === 1;
    if (isTexts) return { ...described, kind: "text_list", rest: without(rest, ["items"]) };
    const shape = readShape(items);
    if (shape !== null) {
      const kept = { ...without(rest, ["items"]), items: shape.rest };
      return { ...described, kind: "object_list", fields: shape.fields, rest: kept };
    }
  }
  return { ...field, kind: "other", raw: schema };
}

function writeField({ kind, description, choices, fields, rest, raw }: AnswerField): Json {
  const said: Schema = description === "" ? {} : { description };
  switch (kind) {
    case "text":
      return { type: "string", ...said, ...rest };
    case "number":
    case "integer":
    case "boolean":
      return { type: kind, ...said, ...rest };
    case "choice":
      return { type: "string", enum: choices, ...said, ...rest };
    case "text_list":
      return { type: "array", items: { type: "string" }, ...said, ...rest };
    case "object_list": {
      const { items, ...others } = rest;
      const kept = isJsonObject(items) ? items : { additionalProperties: false };
      return { type: "array", items: writeShape({ fields, rest: kept }), ...said, ...others };
    }
    case "other":
    default:
      return raw;
  }
}

function isTextList(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function without(schema: Schema, names: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}
