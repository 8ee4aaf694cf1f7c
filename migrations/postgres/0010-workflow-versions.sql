-- What a workflow was each time that it was saved, the first time and the last included. Written by the database itself, so
-- that no change leaves one out. Who changes a workflow holds its row, so that no number is given twice.
CREATE TABLE workflow_versions (
  workflow_id BIGINT NOT NULL REFERENCES workflows (id),
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  steps TEXT NOT NULL,
  inputs TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  PRIMARY KEY (workflow_id, version)
);

INSERT INTO workflow_versions
SELECT id, 1, name, description, steps, inputs, updated_at FROM workflows;

CREATE FUNCTION keep_first_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflow_versions
  VALUES (new.id, 1, new.name, new.description, new.steps, new.inputs, new.updated_at);
  RETURN NULL;
END
$$;

CREATE TRIGGER workflows_to_first_version
AFTER INSERT ON workflows
FOR EACH ROW
EXECUTE FUNCTION keep_first_version();

CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflow_versions
  SELECT new.id, max(version) + 1, new.name, new.description, new.steps, new.inputs, new.updated_at
  FROM workflow_versions WHERE workflow_id = new.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER workflows_to_versions
AFTER UPDATE OF name, description, steps, inputs ON workflows
FOR EACH ROW
WHEN (new.name <> old.name OR new.description <> old.description OR new.steps <> old.steps OR new.inputs <> old.inputs)
EXECUTE FUNCTION keep_version();
