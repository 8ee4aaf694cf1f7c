-- The words of an execution's title and topic, found by how they begin, without regard to case and accents. Kept by the
-- triggers below, so that no way of creating or removing one leaves it out. A table of its own: executions change often.
CREATE TABLE execution_search (
  execution_id BIGINT PRIMARY KEY,
  words TSVECTOR NOT NULL
);

-- Between words: what is no letter or digit of ASCII, Latin-1, general and CJK punctuation.
CREATE FUNCTION search_words(title TEXT, topic TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_to_tsvector(array_agg(DISTINCT left(word, 60))), ''::tsvector)
  FROM regexp_split_to_table(
    regexp_replace(
      lower(normalize(replace(replace(coalesce(title, '') || ' ' || left(topic, 4000), 'œ', 'oe'), 'Œ', 'oe'), NFKD)),
      '[\u0300-\u036f]', '', 'g'
    ),
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+'
  ) AS word
  WHERE word <> ''
$$;

INSERT INTO execution_search
SELECT id, search_words(title, initial_input) FROM workflow_executions WHERE deleted_at IS NULL;
CREATE INDEX execution_search_by_word ON execution_search USING gin (words);

CREATE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO execution_search VALUES (new.id, search_words(new.title, new.initial_input));
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_to_search
AFTER INSERT ON workflow_executions
FOR EACH ROW
EXECUTE FUNCTION keep_search_words();

CREATE FUNCTION drop_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM execution_search WHERE execution_id = old.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_out_of_search
AFTER UPDATE OF deleted_at ON workflow_executions
FOR EACH ROW
WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL)
EXECUTE FUNCTION drop_search_words();

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
) STORED;
CREATE INDEX artifacts_by_time ON artifacts (created_at, id);
CREATE INDEX artifacts_by_kind ON artifacts (kind, created_at, id);
