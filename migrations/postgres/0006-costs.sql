-- What a live execution was expected to cost when it was started (JSON).
ALTER TABLE workflow_executions ADD COLUMN estimate TEXT;

-- Lists leave out what was removed, newest first. What may be filtered by beside stands behind the id, so that a filter
-- which little passes reads the index alone.
DROP INDEX workflow_executions_by_status;
DROP INDEX workflow_executions_by_workflow;
CREATE INDEX workflow_executions_by_id ON workflow_executions (id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_executions_by_status ON workflow_executions (status, id, mode, workflow_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_executions_by_mode ON workflow_executions (mode, id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_executions_by_workflow ON workflow_executions (workflow_id, id, mode, status) WHERE deleted_at IS NULL;
-- Past runs, those that were removed too.
CREATE INDEX workflow_executions_of_workflow ON workflow_executions (workflow_id, mode, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX workflow_executions_of_template ON workflow_executions (template_id, mode, id) WHERE template_id IS NOT NULL;
-- Those that retention may remove.
CREATE INDEX workflow_executions_ended ON workflow_executions (completed_at, id) WHERE deleted_at IS NULL;

CREATE INDEX attempts_by_time ON attempts (created_at, id) WHERE reserved_basis <> 'free';
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- What calls have cost, added up by the UTC day and month in which they were made. Free calls are left out. Kept by the
-- triggers below, in the transaction that changes an attempt, whatever program writes it.
CREATE TABLE cost_sums (
  -- 'day', 'month'
  unit TEXT NOT NULL,
  -- '2026-11-22', '2026-11'
  period TEXT NOT NULL,
  -- 0: none.
  workflow_id BIGINT NOT NULL,
  -- '': none.
  template_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  -- That were answered, or are in doubt.
  calls INTEGER NOT NULL,
  charged_nano_usd BIGINT NOT NULL,
  -- Answered, but nobody knows what was billed.
  unknown_calls INTEGER NOT NULL,
  failed_calls INTEGER NOT NULL,
  -- Of what was charged: for calls that failed, and for answers that another call had given already.
  failed_billed_calls INTEGER NOT NULL,
  failed_billed_nano_usd BIGINT NOT NULL,
  unused_calls INTEGER NOT NULL,
  unused_nano_usd BIGINT NOT NULL,
  -- What calls in doubt may have cost at most; unpriced: those of them of which that is not known.
  in_doubt_calls INTEGER NOT NULL,
  in_doubt_nano_usd BIGINT NOT NULL,
  in_doubt_unpriced_calls INTEGER NOT NULL,
  -- Results that were taken over, and what they had cost: not among the calls.
  reused_steps INTEGER NOT NULL,
  saved_nano_usd BIGINT NOT NULL,
  PRIMARY KEY (unit, period, workflow_id, template_id, provider, model)
);

-- What each call adds to its day.
CREATE VIEW attempt_costs AS
SELECT
  substr(a.created_at, 1, 10) AS day,
  coalesce(e.workflow_id, 0) AS workflow_id,
  coalesce(e.template_id, '') AS template_id,
  a.provider,
  a.model,
  1 AS calls,
  coalesce(a.cost_nano_usd, 0) AS charged_nano_usd,
  CASE WHEN a.status <> 'in_doubt' AND a.cost_nano_usd IS NULL THEN 1 ELSE 0 END AS unknown_calls,
  CASE WHEN a.status = 'failed' THEN 1 ELSE 0 END AS failed_calls,
  CASE WHEN a.status = 'failed' AND a.cost_nano_usd > 0 THEN 1 ELSE 0 END AS failed_billed_calls,
  CASE WHEN a.status = 'failed' THEN coalesce(a.cost_nano_usd, 0) ELSE 0 END AS failed_billed_nano_usd,
  CASE WHEN a.is_unused = 1 THEN 1 ELSE 0 END AS unused_calls,
  CASE WHEN a.is_unused = 1 THEN coalesce(a.cost_nano_usd, 0) ELSE 0 END AS unused_nano_usd,
  CASE WHEN a.status = 'in_doubt' THEN 1 ELSE 0 END AS in_doubt_calls,
  CASE WHEN a.status = 'in_doubt' THEN a.reserved_nano_usd ELSE 0 END AS in_doubt_nano_usd,
  CASE WHEN a.status = 'in_doubt' AND a.reserved_basis = 'unknown' THEN 1 ELSE 0 END AS in_doubt_unpriced_calls
FROM attempts a
LEFT JOIN workflow_executions e ON e.id = a.execution_id
WHERE a.status IN ('succeeded', 'failed', 'in_doubt') AND a.reserved_basis <> 'free';

INSERT INTO cost_sums
SELECT
  'day', day, workflow_id, template_id, provider, model,
  sum(calls), sum(charged_nano_usd), sum(unknown_calls), sum(failed_calls), sum(failed_billed_calls),
  sum(failed_billed_nano_usd), sum(unused_calls), sum(unused_nano_usd), sum(in_doubt_calls),
  sum(in_doubt_nano_usd), sum(in_doubt_unpriced_calls), 0, 0
FROM attempt_costs
GROUP BY day, workflow_id, template_id, provider, model;

INSERT INTO cost_sums
SELECT
  'month', substr(period, 1, 7), workflow_id, template_id, provider, model,
  sum(calls), sum(charged_nano_usd), sum(unknown_calls), sum(failed_calls), sum(failed_billed_calls),
  sum(failed_billed_nano_usd), sum(unused_calls), sum(unused_nano_usd), sum(in_doubt_calls),
  sum(in_doubt_nano_usd), sum(in_doubt_unpriced_calls), 0, 0
FROM cost_sums
WHERE unit = 'day'
GROUP BY substr(period, 1, 7), workflow_id, template_id, provider, model;

-- Takes a call out as it was counted and puts it in as it is now. Attempts are inserted as 'reserved', which counts for
-- nothing.
CREATE FUNCTION count_cost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cost_sums
  SELECT
    u.unit, u.period, coalesce(e.workflow_id, 0), coalesce(e.template_id, ''), new.provider, new.model,
    sum(s.sign),
    sum(s.sign * coalesce(s.cost, 0)),
    sum(CASE WHEN s.status <> 'in_doubt' AND s.cost IS NULL THEN s.sign ELSE 0 END),
    sum(CASE WHEN s.status = 'failed' THEN s.sign ELSE 0 END),
    sum(CASE WHEN s.status = 'failed' AND s.cost > 0 THEN s.sign ELSE 0 END),
    sum(CASE WHEN s.status = 'failed' THEN s.sign * coalesce(s.cost, 0) ELSE 0 END),
    sum(CASE WHEN s.is_unused = 1 THEN s.sign ELSE 0 END),
    sum(CASE WHEN s.is_unused = 1 THEN s.sign * coalesce(s.cost, 0) ELSE 0 END),
    sum(CASE WHEN s.status = 'in_doubt' THEN s.sign ELSE 0 END),
    sum(CASE WHEN s.status = 'in_doubt' THEN s.sign * new.reserved_nano_usd ELSE 0 END),
    sum(CASE WHEN s.status = 'in_doubt' AND new.reserved_basis = 'unknown' THEN s.sign ELSE 0 END),
    0,
    0
  FROM (
    SELECT -1 AS sign, old.status AS status, old.cost_nano_usd AS cost, old.is_unused AS is_unused
    UNION ALL
    SELECT 1, new.status, new.cost_nano_usd, new.is_unused
  ) AS s
  CROSS JOIN (SELECT 'day' AS unit, substr(new.created_at, 1, 10) AS period UNION ALL SELECT 'month', substr(new.created_at, 1, 7)) AS u
  LEFT JOIN workflow_executions e ON e.id = new.execution_id
  WHERE s.status IN ('succeeded', 'failed', 'in_doubt')
  GROUP BY u.unit, u.period, e.workflow_id, e.template_id
  ON CONFLICT (unit, period, workflow_id, template_id, provider, model) DO UPDATE SET
    calls = cost_sums.calls + excluded.calls,
    charged_nano_usd = cost_sums.charged_nano_usd + excluded.charged_nano_usd,
    unknown_calls = cost_sums.unknown_calls + excluded.unknown_calls,
    failed_calls = cost_sums.failed_calls + excluded.failed_calls,
    failed_billed_calls = cost_sums.failed_billed_calls + excluded.failed_billed_calls,
    failed_billed_nano_usd = cost_sums.failed_billed_nano_usd + excluded.failed_billed_nano_usd,
    unused_calls = cost_sums.unused_calls + excluded.unused_calls,
    unused_nano_usd = cost_sums.unused_nano_usd + excluded.unused_nano_usd,
    in_doubt_calls = cost_sums.in_doubt_calls + excluded.in_doubt_calls,
    in_doubt_nano_usd = cost_sums.in_doubt_nano_usd + excluded.in_doubt_nano_usd,
    in_doubt_unpriced_calls = cost_sums.in_doubt_unpriced_calls + excluded.in_doubt_unpriced_calls,
    reused_steps = cost_sums.reused_steps + excluded.reused_steps,
    saved_nano_usd = cost_sums.saved_nano_usd + excluded.saved_nano_usd;
  RETURN NULL;
END
$$;

-- At the commit, so that calls of one day and model hold each other up no longer than that takes.
CREATE CONSTRAINT TRIGGER attempts_to_cost_sums
AFTER UPDATE OF status, cost_nano_usd, is_unused ON attempts
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
WHEN (new.reserved_basis <> 'free'
  AND (old.status IN ('succeeded', 'failed', 'in_doubt') OR new.status IN ('succeeded', 'failed', 'in_doubt')))
EXECUTE FUNCTION count_cost();

-- A result that is taken over; step runs are inserted as 'pending'.
CREATE FUNCTION count_saving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cost_sums
  SELECT
    u.unit, u.period, coalesce(e.workflow_id, 0), coalesce(e.template_id, ''), coalesce(new.provider, ''),
    coalesce(new.model, ''), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, new.saved_nano_usd
  FROM (SELECT 'day' AS unit, substr(new.completed_at, 1, 10) AS period UNION ALL SELECT 'month', substr(new.completed_at, 1, 7)) AS u
  LEFT JOIN workflow_executions e ON e.id = new.execution_id
  -- What a step saved holds what its items did.
  WHERE new.item = -1 OR NOT EXISTS (
    SELECT 1 FROM step_runs r
    WHERE r.execution_id = new.execution_id AND r.step_number = new.step_number AND r.item = -1
      AND r.reused_from_execution_id IS NOT NULL
  )
  ON CONFLICT (unit, period, workflow_id, template_id, provider, model) DO UPDATE SET
    calls = cost_sums.calls + excluded.calls,
    charged_nano_usd = cost_sums.charged_nano_usd + excluded.charged_nano_usd,
    unknown_calls = cost_sums.unknown_calls + excluded.unknown_calls,
    failed_calls = cost_sums.failed_calls + excluded.failed_calls,
    failed_billed_calls = cost_sums.failed_billed_calls + excluded.failed_billed_calls,
    failed_billed_nano_usd = cost_sums.failed_billed_nano_usd + excluded.failed_billed_nano_usd,
    unused_calls = cost_sums.unused_calls + excluded.unused_calls,
    unused_nano_usd = cost_sums.unused_nano_usd + excluded.unused_nano_usd,
    in_doubt_calls = cost_sums.in_doubt_calls + excluded.in_doubt_calls,
    in_doubt_nano_usd = cost_sums.in_doubt_nano_usd + excluded.in_doubt_nano_usd,
    in_doubt_unpriced_calls = cost_sums.in_doubt_unpriced_calls + excluded.in_doubt_unpriced_calls,
    reused_steps = cost_sums.reused_steps + excluded.reused_steps,
    saved_nano_usd = cost_sums.saved_nano_usd + excluded.saved_nano_usd;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER savings_to_cost_sums
AFTER UPDATE OF saved_nano_usd ON step_runs
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
WHEN (new.saved_nano_usd > 0 AND old.saved_nano_usd IS NULL AND new.completed_at IS NOT NULL)
EXECUTE FUNCTION count_saving();

-- How many executions have ended, for the counters of /metrics. In shards by the execution's id, so that executions which
-- end at the same time rarely meet in one row.
CREATE TABLE ended_executions (
  day TEXT NOT NULL,
  status TEXT NOT NULL,
  shard INTEGER NOT NULL,
  executions INTEGER NOT NULL,
  PRIMARY KEY (day, status, shard)
);

INSERT INTO ended_executions
SELECT substr(created_at, 1, 10), status, id % 8, count(*)
FROM workflow_executions
WHERE status IN ('completed', 'failed', 'cancelled')
GROUP BY substr(created_at, 1, 10), status, id % 8;

CREATE FUNCTION count_ended_execution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ended_executions
  SELECT substr(new.created_at, 1, 10), s.status, new.id % 8, s.sign
  FROM (SELECT -1 AS sign, old.status AS status UNION ALL SELECT 1, new.status) AS s
  WHERE s.status IN ('completed', 'failed', 'cancelled')
  ON CONFLICT (day, status, shard) DO UPDATE SET executions = ended_executions.executions + excluded.executions;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER executions_to_ended_executions
AFTER UPDATE OF status ON workflow_executions
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW
WHEN (old.status <> new.status)
EXECUTE FUNCTION count_ended_execution();
