-- Budgets that executions share are counted in several rows, told apart by the shard, so that a call seldom waits for
-- another one's row, which is held until it is on disk. What a budget counts is the sum. Shard 0 is that of calls which are
-- held to a cap, and of budgets that are not shared.
ALTER TABLE budgets ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE budgets DROP CONSTRAINT budgets_pkey;
ALTER TABLE budgets ADD PRIMARY KEY (scope, period, shard);

-- Who reserves reads the caps in the transaction in which it does. So a cap is set only once all that have read that there
-- is none, or another one, have ended: who reads it then sees what those have reserved.
CREATE FUNCTION wait_for_readers_of_caps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE caps IN ACCESS EXCLUSIVE MODE;
  RETURN NULL;
END
$$;

CREATE TRIGGER caps_wait_for_readers
BEFORE INSERT OR UPDATE OR DELETE ON caps
FOR EACH STATEMENT
EXECUTE FUNCTION wait_for_readers_of_caps();

-- The sums too, by the execution's id: the row of a day and model is held until a call's cost is on disk.
ALTER TABLE cost_sums ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cost_sums DROP CONSTRAINT cost_sums_pkey;
ALTER TABLE cost_sums ADD PRIMARY KEY (unit, period, workflow_id, template_id, provider, model, shard);

CREATE OR REPLACE FUNCTION count_cost() RETURNS trigger LANGUAGE plpgsql AS $$
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
    0,
    new.execution_id % 16
  FROM (
    SELECT -1 AS sign, old.status AS status, old.cost_nano_usd AS cost, old.is_unused AS is_unused
    UNION ALL
    SELECT 1, new.status, new.cost_nano_usd, new.is_unused
  ) AS s
  CROSS JOIN (SELECT 'day' AS unit, substr(new.created_at, 1, 10) AS period UNION ALL SELECT 'month', substr(new.created_at, 1, 7)) AS u
  LEFT JOIN workflow_executions e ON e.id = new.execution_id
  WHERE s.status IN ('succeeded', 'failed', 'in_doubt')
  GROUP BY u.unit, u.period, e.workflow_id, e.template_id
  ON CONFLICT (unit, period, workflow_id, template_id, provider, model, shard) DO UPDATE SET
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

CREATE OR REPLACE FUNCTION count_saving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cost_sums
  SELECT
    u.unit, u.period, coalesce(e.workflow_id, 0), coalesce(e.template_id, ''), coalesce(new.provider, ''),
    coalesce(new.model, ''), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, new.saved_nano_usd,
    new.execution_id % 16
  FROM (SELECT 'day' AS unit, substr(new.completed_at, 1, 10) AS period UNION ALL SELECT 'month', substr(new.completed_at, 1, 7)) AS u
  LEFT JOIN workflow_executions e ON e.id = new.execution_id
  -- What a step saved holds what its items did.
  WHERE new.item = -1 OR NOT EXISTS (
    SELECT 1 FROM step_runs r
    WHERE r.execution_id = new.execution_id AND r.step_number = new.step_number AND r.item = -1
      AND r.reused_from_execution_id IS NOT NULL
  )
  ON CONFLICT (unit, period, workflow_id, template_id, provider, model, shard) DO UPDATE SET
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

-- Takes entries of the queue as pg-boss does, but reads no more of them than it takes: pg-boss's own statement for this
-- policy first looks for the oldest entry of every execution that waits. Of one execution, an entry is taken when none is
-- out and none is older. Planned once a connection, and entries are read in the order of an index, whatever the server
-- believes to know of the table.
CREATE FUNCTION take_executions(at_most INTEGER, without_groups TEXT[])
RETURNS TABLE (id UUID, retry_count INTEGER, execution_id BIGINT, fair_group TEXT)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_sort = off
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
  RETURN QUERY
  WITH next AS (
    SELECT job.id
    FROM pgboss.job
    WHERE job.name = 'executions'
      AND job.state < 'active'
      AND NOT job.blocked
      AND job.start_after <= pgboss.job_now()
      AND job.group_id <> ALL (without_groups)
      AND NOT EXISTS (
        SELECT 1 FROM pgboss.job AS other
        WHERE other.name = 'executions' AND other.singleton_key = job.singleton_key AND other.id <> job.id
          AND other.policy = 'key_strict_fifo' AND other.state IN ('active', 'retry', 'failed')
      )
      AND job.id = (
        SELECT head.id FROM pgboss.job AS head
        WHERE head.name = 'executions' AND head.singleton_key = job.singleton_key
          AND head.policy = 'key_strict_fifo' AND head.state < 'active' AND NOT head.blocked
          AND head.start_after <= pgboss.job_now()
        ORDER BY head.state DESC, head.created_on, head.id
        LIMIT 1
      )
    ORDER BY job.priority DESC, job.created_on
    LIMIT at_most
    FOR UPDATE OF job SKIP LOCKED
  )
  UPDATE pgboss.job
  SET
    state = 'active',
    started_on = pgboss.job_now(),
    heartbeat_on = pgboss.job_now(),
    retry_count = CASE WHEN job.started_on IS NULL THEN job.retry_count ELSE job.retry_count + 1 END
  FROM next
  WHERE job.name = 'executions' AND job.id = next.id
  RETURNING job.id, job.retry_count, (job.data ->> 'executionId')::bigint, job.group_id;
END
$$;
