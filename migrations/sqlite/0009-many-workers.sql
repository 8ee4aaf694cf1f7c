-- Budgets that executions share are counted in several rows, told apart by the shard: on PostgreSQL a call then seldom waits
-- for another one's row. What a budget counts is the sum. Shard 0 is that of calls which are held to a cap, and of budgets
-- that are not shared.
CREATE TABLE sharded_budgets (
  scope TEXT NOT NULL,
  period TEXT NOT NULL DEFAULT '',
  shard INTEGER NOT NULL DEFAULT 0,
  cap_nano_usd INTEGER,
  reserved_nano_usd INTEGER NOT NULL DEFAULT 0,
  spent_nano_usd INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, period, shard)
);
INSERT INTO sharded_budgets (scope, period, cap_nano_usd, reserved_nano_usd, spent_nano_usd)
SELECT scope, period, cap_nano_usd, reserved_nano_usd, spent_nano_usd FROM budgets;
DROP TABLE budgets;
ALTER TABLE sharded_budgets RENAME TO budgets;
