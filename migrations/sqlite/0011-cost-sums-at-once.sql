-- What 0006-costs.sql keeps, kept with less work: nearly every call is counted once, when it is answered.
DROP TRIGGER attempts_to_cost_sums;
DROP TRIGGER executions_to_ended_executions;

CREATE TRIGGER attempts_once_to_cost_sums
AFTER UPDATE OF status ON attempts
WHEN new.reserved_basis <> 'free' AND old.status NOT IN ('succeeded', 'failed', 'in_doubt')
  AND new.status IN ('succeeded', 'failed', 'in_doubt')
BEGIN
  INSERT INTO cost_sums
  SELECT
    u.unit, u.period, coalesce(e.workflow_id, 0), coalesce(e.template_id, ''), new.provider, new.model,
    1,
    coalesce(new.cost_nano_usd, 0),
    new.status <> 'in_doubt' AND new.cost_nano_usd IS NULL,
    new.status = 'failed',
    new.status = 'failed' AND coalesce(new.cost_nano_usd, 0) > 0,
    CASE WHEN new.status = 'failed' THEN coalesce(new.cost_nano_usd, 0) ELSE 0 END,
    new.is_unused = 1,
    CASE WHEN new.is_unused = 1 THEN coalesce(new.cost_nano_usd, 0) ELSE 0 END,
    new.status = 'in_doubt',
    CASE WHEN new.status = 'in_doubt' THEN new.reserved_nano_usd ELSE 0 END,
    new.status = 'in_doubt' AND new.reserved_basis = 'unknown',
    0,
    0
  FROM (SELECT 'day' AS unit, substr(new.created_at, 1, 10) AS period UNION ALL SELECT 'month', substr(new.created_at, 1, 7)) AS u
  LEFT JOIN workflow_executions e ON e.id = new.execution_id
  WHERE true
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
END;

-- One that was counted before: taken out as it was, and put in as it is now.
CREATE TRIGGER attempts_to_cost_sums
AFTER UPDATE OF status, cost_nano_usd, is_unused ON attempts
WHEN new.reserved_basis <> 'free' AND old.status IN ('succeeded', 'failed', 'in_doubt')
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
END;

CREATE TRIGGER executions_to_ended_executions
AFTER UPDATE OF status ON workflow_executions
WHEN old.status <> new.status
  AND (old.status IN ('completed', 'failed', 'cancelled') OR new.status IN ('completed', 'failed', 'cancelled'))
BEGIN
  INSERT INTO ended_executions
  SELECT substr(new.created_at, 1, 10), s.status, new.id % 8, s.sign
  FROM (SELECT -1 AS sign, old.status AS status UNION ALL SELECT 1, new.status) AS s
  WHERE s.status IN ('completed', 'failed', 'cancelled')
  ON CONFLICT (day, status, shard) DO UPDATE SET executions = ended_executions.executions + excluded.executions;
END;
