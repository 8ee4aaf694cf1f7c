import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FIELD_KINDS, fieldName, newField, withKind, type AnswerField } from "./answer-shape.ts";
import classes from "./fields.module.css";

interface ShapeFieldsProps {
  fields: readonly AnswerField[];
  error: string | null;
  onChange: (fields: AnswerField[]) => void;
  /** Name of the list that the fields are in; absent for those of the answer. */
  inside?: string;
}

/** The fields of an answer, each with its name and what it holds; those of a list of objects stand inside. */
export function ShapeFields({ fields, error, onChange, inside }: ShapeFieldsProps) {
  const { t } = useTranslation();
  const places = fields.map((field, place) => ({ field, place }));
  return (
    <fieldset
      className={classes.shape}
      aria-label={inside === undefined ? t("fields.shape.title") : t("fields.shape.field", { name: inside })}
    >
      {places.map(({ field, place }) => (
        <ShapeField
          // A field has no other name that stays while its name is changed.
          key={place}
          field={field}
          isFirst={place === 0}
          isOnly={fields.length === 1}
          taken={fields.filter((other) => other !== field).map(({ name }) => name)}
          onChange={(changed) => {
            onChange(fields.with(place, changed));
          }}
          onUp={() => {
            onChange(fields.toSpliced(place, 1).toSpliced(place - 1, 0, field));
          }}
          onRemove={() => {
            onChange(fields.toSpliced(place, 1));
          }}
        />
      ))}
      <div>
        <Button
          size="compact-md"
          variant="default"
          className={classes.mend}
          leftSection={<IconPlus aria-hidden size={16} stroke={1.75} />}
          aria-label={
            inside === undefined ? t("fields.shape.add") : t("fields.shape.addTo", { name: inside })
          }
          onClick={() => {
            onChange([...fields, newField(fields)]);
          }}
        >
          {t("fields.shape.add")}
        </Button>
      </div>
      {error !== null && <p className={classes.shapeError}>{error}</p>}
    </fieldset>
  );
}

interface ShapeFieldProps {
  field: AnswerField;
  isFirst: boolean;
  isOnly: boolean;
  /** Names of the others. */
  taken: readonly string[];
  onChange: (field: AnswerField) => void;
  onUp: () => void;
  onRemove: () => void;
}

function ShapeField({ field, isFirst, isOnly, taken, onChange, onUp, onRemove }: ShapeFieldProps) {
  const { t } = useTranslation();
  const { name, kind } = field;
  return (
    <fieldset className={classes.shapeField} aria-label={t("fields.shape.field", { name })}>
      <NameField
        name={name}
        taken={taken}
        onChange={(next) => {
          onChange({ ...field, name: next });
        }}
      />
      <NativeSelect
        size="md"
        label={t("fields.shape.kind")}
        value={kind}
        data={[...FIELD_KINDS, ...(kind === "other" ? (["other"] as const) : [])].map((one) => ({
          value: one,
          label: t(`fields.shape.kinds.${one}`),
        }))}
        onChange={(event) => {
          const chosen = FIELD_KINDS.find((one) => one === event.currentTarget.value);
          if (chosen !== undefined) onChange(withKind(field, chosen));
        }}
      />
      <Checkbox
        className={classes.shapeRequired}
        label={t("fields.shape.required")}
        checked={field.isRequired}
        onChange={(event) => {
          onChange({ ...field, isRequired: event.currentTarget.checked });
        }}
      />
      <div className={classes.shapeButtons}>
        <ActionIcon aria-label={t("fields.shape.up", { name })} disabled={isFirst} onClick={onUp}>
          <IconArrowUp aria-hidden size={18} stroke={1.75} />
        </ActionIcon>
        <ActionIcon aria-label={t("fields.shape.remove", { name })} disabled={isOnly} onClick={onRemove}>
          <IconTrash aria-hidden size={18} stroke={1.75} />
        </ActionIcon>
      </div>
      {kind === "other" ? (
        <p className={classes.shapeNote}>{t("fields.shape.other")}</p>
      ) : (
        <TextInput
          className={classes.shapeWide}
          size="sm"
          aria-label={t("fields.shape.descriptionOf", { name })}
          placeholder={t("fields.shape.description")}
          value={field.description}
          onChange={(event) => {
            onChange({ ...field, description: event.currentTarget.value });
          }}
        />
      )}
      {kind === "choice" && (
        <ChoicesField
          choices={field.choices}
          onChange={(choices) => {
            onChange({ ...field, choices });
          }}
        />
      )}
      {kind === "object_list" && (
        <div className={classes.shapeWide}>
          <ShapeFields
            fields={field.fields}
            inside={name}
            error={null}
            onChange={(fields) => {
              onChange({ ...field, fields });
            }}
          />
        </div>
      )}
    </fieldset>
  );
}

interface NameFieldProps {
  name: string;
  taken: readonly string[];
  onChange: (name: string) => void;
}

/** A name on its way to another may be that of a neighbour: it counts once it is nobody else's. */
function NameField({ name, taken, onChange }: NameFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? name;
  const problem =
    shown === "" ? t("fields.shape.nameEmpty") : taken.includes(shown) ? t("fields.shape.nameTaken") : null;
  return (
    <TextInput
      label={t("fields.shape.name")}
      value={shown}
      error={problem}
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => {
        const next = fieldName(event.currentTarget.value);
        const isFree = next !== "" && !taken.includes(next);
        setTyped(isFree ? null : next);
        if (isFree) onChange(next);
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}

interface ChoicesFieldProps {
  choices: readonly string[];
  onChange: (choices: string[]) => void;
}

/** Choices as they are typed, with a comma at the end that is on its way to another. */
function ChoicesField({ choices, onChange }: ChoicesFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      className={classes.shapeWide}
      label={t("fields.shape.choices")}
      value={typed ?? choices.join(", ")}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const named = text.split(",").map((choice) => choice.trim());
        const next = [...new Set(named.filter((choice) => choice !== ""))];
        setTyped(text);
        if (next.length > 0) onChange(next);
      }}
      onBlur={() => {
        setTyped(null);
      }}
    />
  );
}
