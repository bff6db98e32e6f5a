-- AM-18: every call of an operator, changing or not, with what came of it. `number` counts, without a gap, what this
-- service tells the auditor; a look has none, nor has what was refused or has only begun.
ALTER TABLE operator_actions
  ALTER COLUMN reason DROP NOT NULL,
  ADD COLUMN outcome text NOT NULL DEFAULT 'done',
  ADD COLUMN number bigint CONSTRAINT told_once UNIQUE,
  ADD CONSTRAINT told_with_a_reason CHECK (number IS NULL OR reason IS NOT NULL);

-- Topics that this service does not decide on for now, on any replica. Without an end: until it is resumed.
CREATE TABLE pauses (
  topic     text   PRIMARY KEY,
  operator  text   NOT NULL,
  reason    text   NOT NULL CHECK (length(reason) > 0),
  paused_at bigint NOT NULL,
  until     bigint CHECK (until > paused_at)
);
GRANT UPDATE, DELETE ON pauses TO ${role};
