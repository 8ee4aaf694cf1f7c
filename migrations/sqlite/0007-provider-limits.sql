-- One row a provider that is limited or that has turned a call away. Who reserves a call locks it first, so that the calls of
-- all workers are counted one after the other.
CREATE TABLE provider_paces (
  provider TEXT PRIMARY KEY,
  -- The vendor said that there are too many calls: none leaves before this time.
  blocked_until TEXT,
  -- How many calls were allowed at once when it last said so, and when; more are allowed little by little.
  slowed_to INTEGER,
  slowed_at TEXT
);

-- Step runs that wait for a place at their provider, whoever works on them. A row that nobody renews counts for nothing.
CREATE TABLE provider_waits (
  execution_id INTEGER NOT NULL,
  step_number INTEGER NOT NULL,
  item INTEGER NOT NULL,
  provider TEXT NOT NULL,
  -- The process that works on it.
  worker TEXT NOT NULL,
  since TEXT NOT NULL,
  renewed_at TEXT NOT NULL,
  PRIMARY KEY (execution_id, step_number, item)
);
CREATE INDEX provider_waits_by_provider ON provider_waits (provider);

-- Since when a step that is pending waits for a place at its provider (null: it does not).
ALTER TABLE step_runs ADD COLUMN place_since TEXT;
-- 1: turned away for too many calls while others of Relais were out too, so that it counts as no try of its own.
ALTER TABLE attempts ADD COLUMN is_crowded_out INTEGER NOT NULL DEFAULT 0;

-- Calls under way at a provider, and those of the last minute.
CREATE INDEX attempts_open_by_provider ON attempts (provider, execution_id) WHERE status IN ('reserved', 'sent', 'submitted');
CREATE INDEX attempts_by_provider ON attempts (provider, created_at);
