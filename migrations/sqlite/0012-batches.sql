-- One batch: many topics given at once to the same steps, an execution a row. Its cap stands in `caps` as that of
-- `batch:<id>` in all, and what it counts in `budgets`.
CREATE TABLE batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT,
  user_email TEXT,
  title TEXT,
  workflow_id BIGINT REFERENCES workflows (id),
  template_id TEXT,
  mode TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  -- What all rows together were expected to cost (JSON); null for a rehearsal.
  estimate TEXT,
  created_at TEXT NOT NULL
);

-- The batch that an execution is of, and its row there, from 1. A row that was run again has several: the newest counts.
ALTER TABLE workflow_executions ADD COLUMN batch_id BIGINT;
ALTER TABLE workflow_executions ADD COLUMN batch_row INTEGER;
CREATE INDEX workflow_executions_by_batch ON workflow_executions (batch_id, batch_row, id) WHERE batch_id IS NOT NULL;

-- The batch whose budget counts the call, beside the others; null: of none.
ALTER TABLE attempts ADD COLUMN batch_id BIGINT;
