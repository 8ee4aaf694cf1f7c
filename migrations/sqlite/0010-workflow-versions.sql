-- What a workflow was each time that it was saved, the first time and the last included. Written by the database itself, so
-- that no change leaves one out.
CREATE TABLE workflow_versions (
  workflow_id INTEGER NOT NULL REFERENCES workflows (id),
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  steps TEXT NOT NULL,
  inputs TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  PRIMARY KEY (workflow_id, version)
) WITHOUT ROWID;

INSERT INTO workflow_versions
SELECT id, 1, name, description, steps, inputs, updated_at FROM workflows;

CREATE TRIGGER workflows_to_first_version
AFTER INSERT ON workflows
BEGIN
  INSERT INTO workflow_versions
  VALUES (new.id, 1, new.name, new.description, new.steps, new.inputs, new.updated_at);
END;

CREATE TRIGGER workflows_to_versions
AFTER UPDATE OF name, description, steps, inputs ON workflows
WHEN new.name <> old.name OR new.description <> old.description OR new.steps <> old.steps OR new.inputs <> old.inputs
BEGIN
  INSERT INTO workflow_versions
  SELECT new.id, max(version) + 1, new.name, new.description, new.steps, new.inputs, new.updated_at
  FROM workflow_versions WHERE workflow_id = new.id;
END;
