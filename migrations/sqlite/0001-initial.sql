-- Times are ISO 8601 text (UTC), JSON is text, money is a 64-bit integer of nano-USD (null: unknown).

CREATE TABLE workflows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT,
  user_email TEXT,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  steps TEXT NOT NULL,
  inputs TEXT NOT NULL DEFAULT '[]',
  is_template INTEGER NOT NULL DEFAULT 0,
  execution_count INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deleted_at TEXT
);

CREATE TABLE workflow_executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workflow_id INTEGER REFERENCES workflows (id),
  template_id TEXT,
  title TEXT,
  user_id TEXT,
  user_email TEXT,
  status TEXT NOT NULL,
  mode TEXT NOT NULL,
  current_step INTEGER NOT NULL DEFAULT 1,
  total_steps INTEGER NOT NULL,
  -- The steps as they were when the execution started.
  steps TEXT NOT NULL,
  initial_input TEXT NOT NULL,
  inputs TEXT NOT NULL DEFAULT '{}',
  unpriced TEXT NOT NULL DEFAULT 'refuse',
  waiting_for TEXT,
  error_message TEXT,
  -- Written when the execution comes to rest, from step_runs, for who reads the tables directly.
  steps_data TEXT NOT NULL DEFAULT '[]',
  results TEXT NOT NULL DEFAULT '[]',
  total_cost_nano_usd INTEGER NOT NULL DEFAULT 0,
  total_cost REAL GENERATED ALWAYS AS (total_cost_nano_usd / 1000000000.0) VIRTUAL,
  cost_basis TEXT NOT NULL DEFAULT 'free',
  -- Raised each time a process takes the execution up; guards planning and the start of calls.
  epoch INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  started_at TEXT,
  completed_at TEXT,
  deleted_at TEXT
);
CREATE INDEX workflow_executions_by_status ON workflow_executions (status, id);
CREATE INDEX workflow_executions_by_workflow ON workflow_executions (workflow_id, id);

-- One place of work: a step, or one item of a step that maps over a list (item -1: the step itself).
CREATE TABLE step_runs (
  execution_id INTEGER NOT NULL REFERENCES workflow_executions (id),
  step_number INTEGER NOT NULL,
  item INTEGER NOT NULL DEFAULT -1,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  provider TEXT,
  model TEXT,
  performed_by TEXT,
  -- The sum of its attempts, failed but billed ones included.
  cost_nano_usd INTEGER NOT NULL DEFAULT 0,
  cost_basis TEXT NOT NULL DEFAULT 'free',
  -- What the step made, as the engine hands it on (JSON), and the code and sentences of its failure (JSON).
  output TEXT,
  error TEXT,
  waiting_reason TEXT,
  waiting_amount_nano_usd INTEGER,
  -- What the same call would have cost live, in a rehearsal (JSON cost).
  live_cost TEXT,
  retry_at TEXT,
  started_at TEXT,
  completed_at TEXT,
  PRIMARY KEY (execution_id, step_number, item)
);

-- The money journal: one row a call to a provider. Rows are never deleted.
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  execution_id INTEGER NOT NULL,
  step_number INTEGER NOT NULL,
  item INTEGER NOT NULL DEFAULT -1,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  job_id TEXT,
  -- Set aside in the budgets; 0 where the worst case is unknown and the person allowed that.
  reserved_nano_usd INTEGER NOT NULL,
  -- Basis of the worst case: 'free' calls may be repeated without asking.
  reserved_basis TEXT NOT NULL,
  cost_nano_usd INTEGER,
  cost_basis TEXT,
  usage TEXT,
  failure TEXT,
  -- 1: paid, but another attempt has given the step its result.
  is_unused INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  settled_at TEXT
);
CREATE INDEX attempts_by_step ON attempts (execution_id, step_number, item);
CREATE INDEX attempts_open ON attempts (status) WHERE status IN ('reserved', 'sent', 'submitted');

-- What may be spent and what has been: scope 'execution:12', 'day', 'month', 'workflow:3'; period '' or '2026-11'.
CREATE TABLE budgets (
  scope TEXT NOT NULL,
  period TEXT NOT NULL DEFAULT '',
  cap_nano_usd INTEGER,
  reserved_nano_usd INTEGER NOT NULL DEFAULT 0,
  spent_nano_usd INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, period)
);

CREATE TABLE artifacts (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  duration_seconds REAL,
  execution_id INTEGER,
  step_number INTEGER,
  item INTEGER,
  created_at TEXT NOT NULL
);
CREATE INDEX artifacts_by_execution ON artifacts (execution_id);
CREATE INDEX artifacts_by_hash ON artifacts (hash);

CREATE TABLE execution_events (
  execution_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (execution_id, number)
);

-- Answers to POST requests that carried an Idempotency-Key. status 0: the first request is still under way.
CREATE TABLE idempotency_keys (
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  answer TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (key, route)
);
