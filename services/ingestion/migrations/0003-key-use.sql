-- What a key was used for: its reference, and a digest of each field that says something. A later input under the same
-- key that says something else is told so (FLOW-002: it starts nothing, but nothing vanishes silently either).
ALTER TABLE intake_keys
  ADD COLUMN reference text,   -- null: used before this was recorded
  ADD COLUMN content   jsonb;

UPDATE intake_keys k SET reference = e.reference FROM issue_events e WHERE k.kind = 'ISSUE' AND k.subject_id = e.issue_id;
