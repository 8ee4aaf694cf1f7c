-- What an execution was made from, and results that were taken over instead of being bought again.

ALTER TABLE workflow_executions ADD COLUMN rerun_of BIGINT;
ALTER TABLE workflow_executions ADD COLUMN rerun_from_step INTEGER;
-- 1: a stored result of an identical call is taken instead of making the call.
ALTER TABLE workflow_executions ADD COLUMN reuse INTEGER NOT NULL DEFAULT 0;

-- The files that inputs stand for, by the name of the input (JSON); null where there are none.
ALTER TABLE workflow_executions ADD COLUMN input_files TEXT;

-- The execution whose result was taken over, and what that result had cost (null: unknown, or nothing was taken over).
ALTER TABLE step_runs ADD COLUMN reused_from_execution_id BIGINT;
ALTER TABLE step_runs ADD COLUMN saved_nano_usd BIGINT;

CREATE INDEX attempts_by_request ON attempts (request_hash) WHERE status = 'succeeded';
CREATE INDEX artifacts_uploaded ON artifacts (created_at) WHERE execution_id IS NULL;
