-- A take: an execution that makes one step of another again, by itself, so that both can be compared. The step; NULL: it is no take.
ALTER TABLE workflow_executions ADD COLUMN only_step INTEGER;

-- The family of an execution is followed both ways.
CREATE INDEX workflow_executions_reruns ON workflow_executions (rerun_of) WHERE rerun_of IS NOT NULL;
