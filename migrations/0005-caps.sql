-- Caps that a person has set beside that of an execution: scope 'all', 'workflow:3' or 'template:creation-contenu'.
-- period_kind: 'day' and 'month' (UTC), or 'total'. No row: that of the environment holds, if there is one.
CREATE TABLE caps (
  scope TEXT NOT NULL,
  period_kind TEXT NOT NULL,
  cap_nano_usd BIGINT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (scope, period_kind)
);

-- The workflow or template whose budgets count the call, beside those of its execution and of everything; null: steps of
-- none. Their days and months are those of created_at.
ALTER TABLE attempts ADD COLUMN budget_scope TEXT;

-- The budget that a step which waits for a cap did not fit into.
ALTER TABLE step_runs ADD COLUMN waiting_scope TEXT;
ALTER TABLE step_runs ADD COLUMN waiting_period TEXT;
CREATE INDEX step_runs_waiting_for_cap ON step_runs (waiting_scope, waiting_period, execution_id)
  WHERE waiting_reason = 'cap';

UPDATE step_runs SET waiting_scope = 'execution:' || execution_id, waiting_period = '' WHERE waiting_reason = 'cap';

UPDATE attempts SET budget_scope = (
  SELECT CASE
    WHEN execution.workflow_id IS NOT NULL THEN 'workflow:' || execution.workflow_id
    WHEN execution.template_id IS NOT NULL THEN 'template:' || execution.template_id
  END
  FROM workflow_executions AS execution WHERE execution.id = attempts.execution_id
);

-- What was spent before there were these budgets counts in them too.
INSERT INTO budgets (scope, period, reserved_nano_usd, spent_nano_usd)
WITH counted AS (
  SELECT
    budget_scope,
    created_at,
    CASE WHEN status IN ('reserved', 'sent', 'submitted', 'in_doubt') THEN reserved_nano_usd ELSE 0 END AS reserved,
    CASE WHEN status IN ('succeeded', 'failed') THEN coalesce(cost_nano_usd, reserved_nano_usd) ELSE 0 END AS spent
  FROM attempts
),
scoped AS (
  SELECT 'all' AS scope, created_at, reserved, spent FROM counted
  UNION ALL
  SELECT budget_scope, created_at, reserved, spent FROM counted WHERE budget_scope IS NOT NULL
),
-- How much of a time names the day, the month, and all time.
periods AS (SELECT 10 AS letters UNION ALL SELECT 7 UNION ALL SELECT 0)
SELECT scope, substr(created_at, 1, letters), sum(reserved), sum(spent)
FROM scoped CROSS JOIN periods
WHERE reserved > 0 OR spent > 0
GROUP BY scope, substr(created_at, 1, letters);
