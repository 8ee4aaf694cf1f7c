-- The words of an execution's title and topic, found by how they begin, without regard to case and accents. Kept by the
-- triggers below, so that no way of creating or removing one leaves it out. Without a copy of the text: only its words.
CREATE VIRTUAL TABLE execution_search USING fts5(
  words, content='', contentless_delete=1, prefix='1 2 3 4', tokenize='unicode61 remove_diacritics 2'
);

INSERT INTO execution_search (rowid, words)
SELECT id, replace(replace(coalesce(title, '') || ' ' || substr(initial_input, 1, 4000), 'œ', 'oe'), 'Œ', 'oe')
FROM workflow_executions WHERE deleted_at IS NULL;

CREATE TRIGGER executions_to_search
AFTER INSERT ON workflow_executions
BEGIN
  INSERT INTO execution_search (rowid, words)
  VALUES (
    new.id,
    replace(replace(coalesce(new.title, '') || ' ' || substr(new.initial_input, 1, 4000), 'œ', 'oe'), 'Œ', 'oe')
  );
END;

CREATE TRIGGER executions_out_of_search
AFTER UPDATE OF deleted_at ON workflow_executions
WHEN old.deleted_at IS NULL AND new.deleted_at IS NOT NULL
BEGIN
  DELETE FROM execution_search WHERE rowid = old.id;
END;

CREATE INDEX workflow_executions_by_template ON workflow_executions (template_id, id, mode, status)
  WHERE deleted_at IS NULL AND template_id IS NOT NULL;
-- Where the ids of a day begin and end.
CREATE INDEX workflow_executions_by_time ON workflow_executions (created_at, id);

-- What a file is shown among, by the media type that was read from its bytes.
ALTER TABLE artifacts ADD COLUMN kind TEXT GENERATED ALWAYS AS (
  CASE
    WHEN media_type LIKE 'image/%' THEN 'image'
    WHEN media_type LIKE 'audio/%' THEN 'audio'
    WHEN media_type LIKE 'video/%' THEN 'video'
    WHEN media_type LIKE 'application/pdf%' OR media_type LIKE 'application/epub+zip%' THEN 'document'
    WHEN media_type LIKE 'text/%' OR media_type LIKE 'application/json%' OR media_type LIKE 'application/x-subrip%' THEN 'text'
    ELSE 'other'
  END
) VIRTUAL;
CREATE INDEX artifacts_by_time ON artifacts (created_at, id);
CREATE INDEX artifacts_by_kind ON artifacts (kind, created_at, id);
