-- Content that a process has stored and will name in a row of artifacts: nobody removes it meanwhile. A hold whose process
-- died ends by itself.
CREATE TABLE artifact_holds (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  held_until TEXT NOT NULL
);
CREATE INDEX artifact_holds_by_hash ON artifact_holds (hash);
