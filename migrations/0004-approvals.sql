-- A result that a person has to approve: until when (null: without a limit), and what the model had made where the person has
-- put something else in its place (JSON).
ALTER TABLE step_runs ADD COLUMN decide_by TEXT;
ALTER TABLE step_runs ADD COLUMN original_output TEXT;
CREATE INDEX step_runs_to_decide ON step_runs (decide_by) WHERE waiting_reason = 'approval';

-- An answer that did not fit its schema, and what is wrong with it (JSON): what the call that has it corrected is made from.
ALTER TABLE attempts ADD COLUMN repair TEXT;
-- 1: a call has been spent on having an answer corrected; there is no second one.
ALTER TABLE step_runs ADD COLUMN is_repaired INTEGER NOT NULL DEFAULT 0;
