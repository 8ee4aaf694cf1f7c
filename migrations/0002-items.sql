-- What an item of a list is, as the engine hands it to its call (JSON); null on the row of the step itself.
ALTER TABLE step_runs ADD COLUMN item_value TEXT;
-- On the row of a step that runs once per item (item -1): how many there are, have ended, and have failed. Null elsewhere.
ALTER TABLE step_runs ADD COLUMN items_total INTEGER;
ALTER TABLE step_runs ADD COLUMN items_done INTEGER;
ALTER TABLE step_runs ADD COLUMN items_failed INTEGER;
